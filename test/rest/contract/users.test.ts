import { describe } from 'vitest'
import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { bool, digits, exact, fields, flag, isoTime, like, list, num, oneOf, orNull, str, type Shape } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { known: 0, idle: 0, department: 0, eve: 0, admin: 0 }
const paged: number[] = []
let count = 0

const prepare = async (house: ContractHouse): Promise<void> => {
  ids.eve = house.eve.userId
  ids.admin = house.admin.userId
  for (let index = 0; index < 55; index++)
    paged.push(
      (
        await house.portal.users.create(house.portalId, {
          name: 'Paged',
          lastName: `No ${index}`,
          email: `paged${index}@example.com`,
          passwordHash: 'none',
          extension: String(5000 + index),
        })
      ).id,
    )
}

/** a row, of which some is known literally */
const rowOf = (known: Readonly<Record<string, unknown>>, without: readonly string[] = []): Shape =>
  fields(
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !without.includes(name))
        .map(([name, shape]) => [name, Object.hasOwn(known, name) ? exact(known[name]) : shape]),
    ),
  )
const row: Readonly<Record<string, Shape>> = {
  ID: digits,
  XML_ID: digits,
  ACTIVE: bool,
  NAME: str,
  LAST_NAME: str,
  SECOND_NAME: str,
  EMAIL: like(/@/),
  LAST_LOGIN: oneOf(isoTime, exact('')),
  DATE_REGISTER: isoTime,
  TIME_ZONE: str,
  IS_ONLINE: flag,
  TIMESTAMP_X: exact({}),
  LAST_ACTIVITY_DATE: exact({}),
  PERSONAL_GENDER: str,
  PERSONAL_BIRTHDAY: str,
  PERSONAL_PHOTO: orNull(str),
  PERSONAL_MOBILE: str,
  PERSONAL_PHONE: str,
  WORK_PHONE: str,
  WORK_POSITION: str,
  UF_EMPLOYMENT_DATE: str,
  UF_DEPARTMENT: list(num, 0),
  UF_PHONE_INNER: orNull(str),
  USER_TYPE: exact('employee'),
}
const contacts = ['EMAIL', 'PERSONAL_MOBILE', 'PERSONAL_PHONE', 'WORK_PHONE']
const known = () => ({
  ID: String(ids.known),
  XML_ID: String(ids.known),
  ACTIVE: true,
  NAME: 'Ann',
  LAST_NAME: 'Bell',
  SECOND_NAME: 'C.',
  EMAIL: 'ann@example.com',
  LAST_LOGIN: '',
  IS_ONLINE: 'N',
  PERSONAL_MOBILE: '+15550100301',
  PERSONAL_PHONE: '+15550100302',
  WORK_PHONE: '+15550100300',
  WORK_POSITION: 'Sales',
  UF_DEPARTMENT: [ids.department],
  UF_PHONE_INNER: '201',
})

describe('scope user', () => {
  const { contract } = openContract(
    ['user', 'department'],
    async (house) => {
      await prepare(house)
      ids.department = await house.ask('department.add', { NAME: 'Sales' })
      ids.known = await house.ask('user.add', {
        EMAIL: 'Ann@Example.com',
        NAME: 'Ann',
        LAST_NAME: 'Bell',
        SECOND_NAME: 'C.',
        WORK_POSITION: 'Sales',
        WORK_PHONE: '+15550100300',
        PERSONAL_PHONE: '+15550100302',
        PERSONAL_MOBILE: '+15550100301',
        UF_DEPARTMENT: [ids.department],
        UF_PHONE_INNER: '201',
      })
      ids.idle = await house.ask('user.add', { EMAIL: 'idle@example.com', NAME: 'Idle', LAST_NAME: 'Bell' })
      await house.ask('user.update', { ID: ids.idle, ACTIVE: 'N' })
    },
    { refusalsEverywhere: true },
  )

  const found = (when: string, params: () => Params, wanted: () => readonly number[]): Answering => ({
    when,
    params: () => ({ SELECT: ['ID'], sort: 'ID', order: 'ASC', ...params() }),
    total: true,
    shape: () => exact(wanted().map((id) => ({ ID: String(id) }))),
  })
  const page = (when: string, start: number, rows: readonly [number, number], next?: number): Answering => ({
    when,
    params: () => ({ FILTER: { NAME: 'Paged' }, select: ['UF_PHONE_INNER'], sort: 'UF_PHONE_INNER', order: 'DESC', start }),
    total: 55,
    ...(next !== undefined && { next }),
    shape: () =>
      exact(
        paged
          .map((_, index) => ({ UF_PHONE_INNER: String(5000 + index) }))
          .toReversed()
          .slice(...rows),
      ),
  })

  contract('user.get', {
    section: '6.4, 8.5, 14.3',
    answers: [
      { when: 'a whole row', who: everybody, params: () => ({ FILTER: { ID: ids.known } }), total: 1, shape: () => list(rowOf(known())) },
      {
        when: 'a person who is here and has no department',
        params: () => ({ ID: ids.eve }),
        total: 1,
        shape: () => list(rowOf({ ID: String(ids.eve), IS_ONLINE: 'Y', UF_DEPARTMENT: [], UF_PHONE_INNER: '105', WORK_PHONE: '' })),
      },
      {
        when: 'somebody without an extension',
        params: () => ({ ID: ids.idle }),
        total: 1,
        shape: () => list(rowOf({ ID: String(ids.idle), ACTIVE: false, UF_PHONE_INNER: null })),
      },
      found(
        'by extension, as FILTER',
        () => ({ FILTER: { UF_PHONE_INNER: '201' } }),
        () => [ids.known],
      ),
      found(
        'by extension, as filter',
        () => ({ filter: { UF_PHONE_INNER: 201 } }),
        () => [ids.known],
      ),
      found(
        'by extension, as a plain parameter',
        () => ({ UF_PHONE_INNER: '201' }),
        () => [ids.known],
      ),
      found(
        'a nonsense extension finds nobody',
        () => ({ UF_PHONE_INNER: '42424242' }),
        () => [],
      ),
      found(
        'active employees among these',
        () => ({ ACTIVE: 'true', USER_TYPE: 'employee', ID: [ids.known, ids.idle] }),
        () => [ids.known],
      ),
      found(
        'those who are not active',
        () => ({ FILTER: { ACTIVE: false, LAST_NAME: 'Bell' } }),
        () => [ids.idle],
      ),
      found(
        'by department',
        () => ({ UF_DEPARTMENT: ids.department }),
        () => [ids.known],
      ),
      found(
        'by several departments',
        () => ({ filter: { UF_DEPARTMENT: [ids.department, 999_999] } }),
        () => [ids.known],
      ),
      found(
        'by a part of the name',
        () => ({ FILTER: { NAME_SEARCH: 'ann be' } }),
        () => [ids.known],
      ),
      found(
        'by the name in any case',
        () => ({ FILTER: { NAME_SEARCH: 'BELL ANN' } }),
        () => [ids.known],
      ),
      found(
        'by e-mail in any case',
        () => ({ FILTER: { EMAIL: 'ANN@example.com' } }),
        () => [ids.known],
      ),
      found(
        'those who are here',
        () => ({ FILTER: { IS_ONLINE: 'Y', '!ID': ids.admin } }),
        () => [ids.eve],
      ),
      found(
        'with prefixes',
        () => ({ FILTER: { '>=UF_PHONE_INNER': 5003, '<UF_PHONE_INNER': 5006, '!UF_PHONE_INNER': '5004' } }),
        () => [paged[3]!, paged[5]!],
      ),
      found(
        'with parts',
        () => ({ FILTER: { '%LAST_NAME': 'el', '!%NAME': 'dl' } }),
        () => [ids.known],
      ),
      found(
        'by names that are no fields: everybody',
        () => ({ FILTER: { ID: ids.known, NO_SUCH: 'x' }, ADMIN_MODE: true }),
        () => [ids.known],
      ),
      page('the first page of 50, by extension', 0, [0, 50], 50),
      page('the last page', 50, [50, 55]),
      {
        when: 'start=-1 counts nothing; >ID goes on',
        params: () => ({ FILTER: { NAME: 'Paged', '>ID': paged[49] }, SELECT: ['ID'], SORT: 'ID', ORDER: 'ASC', start: -1 }),
        shape: () => exact(paged.slice(50).map((id) => ({ ID: String(id) }))),
      },
      found(
        'ordered by a map',
        () => ({ FILTER: { ID: [ids.known, ids.idle] }, sort: '', order: { ID: 'DESC' } }),
        () => [ids.idle, ids.known],
      ),
    ],
  })

  contract('user.current', {
    section: '6.7, 8.5',
    answers: [
      {
        when: 'the administrator',
        shape: () => rowOf({ ID: String(ids.admin), ACTIVE: true, NAME: 'Admin', IS_ONLINE: 'Y', UF_PHONE_INNER: '101' }),
      },
      {
        when: 'Eve',
        who: ['app of Eve', 'webhook of Eve'],
        shape: () => rowOf({ ID: String(ids.eve), NAME: 'Eve', EMAIL: 'eve@example.com', UF_PHONE_INNER: '105' }),
      },
    ],
  })

  contract('user.search', {
    section: '8.5',
    answers: [
      { when: 'a whole row', who: everybody, params: () => ({ FIND: 'bell', ACTIVE: true }), total: 1, shape: () => list(rowOf(known())) },
      found(
        'by position',
        () => ({ FIND: 'SALES' }),
        () => [ids.known],
      ),
      found(
        'by fields, those who are not active too',
        () => ({ FILTER: { LAST_NAME: 'Bell' } }),
        () => [ids.known, ids.idle],
      ),
      found(
        'those who are not active',
        () => ({ FILTER: { LAST_NAME: 'Bell', ACTIVE: false } }),
        () => [ids.idle],
      ),
      found(
        'nobody',
        () => ({ FIND: 'nobody at all' }),
        () => [],
      ),
      {
        when: 'a page of 50',
        params: () => ({ FIND: 'paged', SELECT: ['ID'] }),
        total: 55,
        next: 50,
        shape: () => exact(paged.slice(0, 50).map((id) => ({ ID: String(id) }))),
      },
    ],
  })

  contract('user.fields', {
    section: '8.5',
    answers: { who: everybody, shape: fields(Object.fromEntries(Object.keys(row).map((name) => [name, like(/\w/)]))) },
  })

  const refusal = (when: string, error: string, text: string, params: Refusing['params']): Refusing => ({
    when,
    params: params ?? {},
    error,
    text,
  })
  /** what `user.add` and `user.update` refuse alike */
  const wrongValues = (send: (values: Params) => Params): Refusing[] => [
    ...['nobody', 'a b@example.com'].map((EMAIL) =>
      refusal(`the address is “${EMAIL}”`, 'ERROR_ARGUMENT', 'wrong_email', () => send({ EMAIL })),
    ),
    refusal('the address is taken', 'ERROR_ARGUMENT', 'A user with the e-mail address EVE@example.com exists already', () =>
      send({ EMAIL: 'EVE@example.com' }),
    ),
    refusal('the extension is taken', 'ERROR_ARGUMENT', 'The extension 105 belongs to Eve', () => send({ UF_PHONE_INNER: '105' })),
    refusal('there is no such department', 'ERROR_ARGUMENT', "Argument 'UF_DEPARTMENT' has 999999, which is no department", () =>
      send({ UF_DEPARTMENT: [999_999] }),
    ),
    refusal('the department is a word', 'ERROR_ARGUMENT', "Argument 'UF_DEPARTMENT' has a value, which is no department", () =>
      send({ UF_DEPARTMENT: 'x' }),
    ),
    refusal('the extension is a word', 'ERROR_ARGUMENT', "Argument 'UF_PHONE_INNER' must be up to 20 digits, * or #", () =>
      send({ UF_PHONE_INNER: 'abc' }),
    ),
    refusal('a name is too long', 'ERROR_ARGUMENT', "Argument 'NAME' must have at most 255 characters", () =>
      send({ NAME: 'x'.repeat(256) }),
    ),
    refusal('a name is a map', 'ERROR_ARGUMENT', "Argument 'NAME' must be a string", () => send({ NAME: { a: 1 } })),
  ]

  contract('user.add', {
    section: '8.5',
    answers: {
      params: () => ({ EMAIL: `new${++count}@example.com`, NAME: 'New', UF_DEPARTMENT: ids.department, EXTRANET: 'N', PERSONAL_WWW: 'x' }),
      shape: num,
      after: async (house, { EMAIL }) => [
        await house.ask('user.get', { EMAIL }),
        [{ EMAIL, ACTIVE: true, NAME: 'New', UF_DEPARTMENT: [ids.department], UF_PHONE_INNER: null }],
      ],
    },
    refuses: [
      {
        ...refusal('Eve is no administrator', 'ERROR_CORE', 'access_denied: only administrators add users', { EMAIL: 'x@example.com' }),
        who: 'app of Eve',
      },
      refusal('without an address', 'ERROR_ARGUMENT', 'wrong_email', {}),
      refusal('for the extranet', 'ERROR_ARGUMENT', 'no_extranet_field', { EMAIL: 'x@example.com', EXTRANET: 'Y' }),
      ...wrongValues((values) => ({ EMAIL: 'fresh@example.com', ...values })),
    ],
  })

  const foreign = 'access_denied: only administrators change other users, or EMAIL, ACTIVE, UF_DEPARTMENT and UF_PHONE_INNER of their own'
  contract('user.update', {
    section: '8.5',
    answers: [
      {
        params: async (house) => ({
          ID: await house.ask('user.add', { EMAIL: `old${++count}@example.com`, NAME: 'Old', LAST_NAME: 'Name', WORK_PHONE: '1' }),
          EMAIL: `young${count}@example.com`,
          NAME: 'Young',
          WORK_PHONE: '',
          ACTIVE: 'N',
        }),
        shape: exact(true),
        after: async (house, { ID, EMAIL }) => [
          await house.ask('user.get', { ID }),
          [{ EMAIL, NAME: 'Young', LAST_NAME: 'Name', WORK_PHONE: '', ACTIVE: false }],
        ],
      },
      {
        when: 'of oneself, without administrator rights',
        who: ['app of Eve', 'webhook of Eve'],
        params: () => ({ ID: ids.eve, PERSONAL_MOBILE: '+15550100305' }),
        shape: exact(true),
      },
    ],
    refuses: [
      ...(
        [
          ['Eve changes somebody else', () => ({ ID: ids.admin, NAME: 'x' })],
          ['Eve changes her extension', () => ({ ID: ids.eve, UF_PHONE_INNER: '999' })],
          ['Eve changes her address', () => ({ ID: ids.eve, email: 'x@example.com' })],
          ['Eve changes her department', () => ({ ID: ids.eve, UF_DEPARTMENT: [1] })],
          ['Eve activates herself', () => ({ ID: ids.eve, ACTIVE: 'Y' })],
        ] as const
      ).map(([when, params]): Refusing => ({ when, params, who: 'app of Eve', error: 'ERROR_CORE', text: foreign })),
      refusal('there is no such user', 'ERROR_CORE', 'access_denied: there is no user 999999 (ID)', { ID: 999_999, NAME: 'x' }),
      refusal('without an ID', 'ERROR_CORE', 'access_denied: there is no user 0 (ID)', { NAME: 'x' }),
      refusal(
        'the last administrator',
        'ERROR_CORE',
        'This is the last active administrator: make another user administrator first',
        () => ({ ID: ids.admin, ACTIVE: 'N' }),
      ),
      ...wrongValues((values) => ({ ID: ids.known, ...values })),
    ],
  })

  contract('user.admin', {
    section: '6.7',
    answers: [
      { when: 'the administrator', shape: exact(true) },
      { when: 'Eve', who: ['app of Eve', 'webhook of Eve'], shape: exact(false) },
    ],
  })

  const eves: readonly Who[] = ['app of Eve', 'webhook of Eve']
  contract('user.access', {
    section: '6.7',
    answers: [
      { when: 'an administrator has all', params: () => ({ ACCESS: ['X1'] }), shape: exact(true) },
      { when: 'one of Eve’s', who: eves, params: () => ({ ACCESS: ['G1', `U${ids.eve}`] }), shape: exact(true) },
      { when: 'everybody’s', who: eves, params: () => ({ access: 'AU' }), shape: exact(true) },
      { when: 'none of Eve’s', who: eves, params: () => ({ ACCESS: ['G1', `U${ids.admin}`, `D${ids.department}`] }), shape: exact(false) },
    ],
    refuses: [{ when: 'no code is given', params: {}, error: 'ERROR_ARGUMENT', text: "Argument 'ACCESS' is null or empty" }],
  })

  contract('access.name', {
    section: '6.7',
    answers: [
      {
        who: everybody,
        params: () => ({ ACCESS: ['AU', `U${ids.known}`, 'U999999', 'NONE', 'G2'] }),
        shape: () =>
          exact({
            AU: { provider: '', name: 'All users', provider_id: 'group' },
            [`U${ids.known}`]: { provider: 'Users', name: 'Ann Bell', provider_id: 'user' },
            G2: { provider: '', name: 'All users', provider_id: 'group' },
          }),
      },
      { when: 'nothing asked is false', shape: exact(false) },
      { when: 'nothing known is an empty list', params: () => ({ ACCESS: ['U999999'] }), shape: exact([]) },
    ],
    refuses: [
      {
        when: 'there are more than 1000',
        params: { ACCESS: Array.from({ length: 1001 }, (_, index) => `U${index}`) },
        error: 'ERROR_ARGUMENT',
        text: 'More than 1000 values at once: send them in several requests',
      },
    ],
  })
})

describe.each(['user_basic', 'user_brief'])('scope %s', (scope) => {
  const { contract } = openContract([scope], prepare, { refusalsEverywhere: true })
  const hidden = scope === 'user_brief' ? contacts : []

  for (const [method, params] of [
    ['user.get', () => ({ ID: ids.eve })],
    ['user.search', () => ({ FIND: 'eve' })],
  ] as const)
    contract(method, {
      section: '8.5',
      answers: [
        {
          when: `the fields of scope ${scope}`,
          who: everybody,
          params,
          total: 1,
          shape: () => list(rowOf({ ID: String(ids.eve), UF_PHONE_INNER: '105' }, hidden)),
        },
      ],
    })

  contract('user.current', {
    section: '8.5',
    answers: { when: `the fields of scope ${scope}`, shape: () => rowOf({ ID: String(ids.admin) }, hidden) },
  })
  contract('user.add', {
    section: '6.3',
    answers: [],
    refuses: [
      {
        when: `scope ${scope} is too little`,
        who: 'app',
        status: 403,
        error: 'insufficient_scope',
        text: 'The request requires higher privileges than provided by the access token',
      },
    ],
  })
})
