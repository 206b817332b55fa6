import { openContract, type Answering, type ContractHouse, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { exact, fields, list, num, digits, str } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { top: 0, sales: 0, support: 0, filled: 0, eve: 0 }
const paged: number[] = []

const { contract } = openContract(
  ['department', 'user'],
  async (house) => {
    ids.eve = house.eve.userId
    const [first] = await house.ask('department.get')
    ids.top = first ? Number(first.ID) : await add(house, { NAME: 'Company' })
    ids.sales = await add(house, { NAME: 'Sales', SORT: 300, PARENT: ids.top, UF_HEAD: ids.eve })
    ids.support = await add(house, { NAME: 'Support', SORT: 200, PARENT: ids.sales })
    ids.filled = await add(house, { NAME: 'Filled', PARENT: ids.top })
    await house.ask('user.add', { EMAIL: 'filler@example.com', UF_DEPARTMENT: [ids.filled] })
    for (let index = 0; index < 51; index++) paged.push(await add(house, { NAME: 'Paged', PARENT: ids.filled }))
  },
  { refusalsEverywhere: true },
)

const add = (house: ContractHouse, values: Params): Promise<number> => house.ask('department.add', values)
const sales = () => ({ ID: String(ids.sales), NAME: 'Sales', SORT: 300, PARENT: String(ids.top), UF_HEAD: String(ids.eve) })
const support = () => ({ ID: String(ids.support), NAME: 'Support', SORT: 200, PARENT: String(ids.sales) })
const refusal = (when: string, text: string | RegExp, params: Refusing['params']): Refusing => ({
  when,
  params: params ?? {},
  error: 'ERROR_CORE',
  text,
})
const notAdmin = (params: Params): Refusing => ({ ...refusal('Eve is no administrator', 'Access denied!', params), who: 'app of Eve' })
const notFound = [undefined, 'x', 999_999].map((ID) => refusal(`the department is ${ID}`, 'Department not found', { ID, NAME: 'x' }))
const found = (when: string, params: () => Params, wanted: () => readonly unknown[]): Answering => ({
  when,
  params,
  total: true,
  shape: () => exact(wanted()),
})

contract('department.fields', {
  section: '8.5',
  answers: { who: everybody, shape: fields({ ID: str, NAME: str, SORT: str, PARENT: str, UF_HEAD: str }) },
})

contract('department.get', {
  section: '6.4, 8.5',
  answers: [
    { when: 'ids as texts, SORT as a number', who: everybody, params: () => ({ ID: ids.sales }), total: 1, shape: () => exact([sales()]) },
    {
      when: 'the company itself has no PARENT',
      params: () => ({ ID: String(ids.top) }),
      total: 1,
      shape: list(fields({ ID: digits, NAME: str, SORT: num })),
    },
    found(
      'by several ids',
      () => ({ ID: [ids.sales, ids.support] }),
      () => [sales(), support()],
    ),
    found(
      'by name',
      () => ({ NAME: 'Support' }),
      () => [support()],
    ),
    found(
      'by parent',
      () => ({ PARENT: ids.sales }),
      () => [support()],
    ),
    found(
      'by head',
      () => ({ UF_HEAD: ids.eve }),
      () => [sales()],
    ),
    found(
      'in order',
      () => ({ ID: [ids.sales, ids.support], sort: 'SORT', order: 'ASC' }),
      () => [support(), sales()],
    ),
    found(
      'in descending order',
      () => ({ ID: [ids.sales, ids.support], sort: 'NAME', order: 'DESC' }),
      () => [support(), sales()],
    ),
    found(
      'in the order of a map, as the list methods of the CRM take it',
      () => ({ ID: [ids.sales, ids.support], order: { SORT: 'ASC' } }),
      () => [support(), sales()],
    ),
    found(
      'nothing found is an empty list',
      () => ({ ID: 999_999 }),
      () => [],
    ),
    {
      when: 'a page of 50',
      params: () => ({ PARENT: ids.filled }),
      total: 51,
      next: 50,
      shape: list(fields({ ID: digits, NAME: exact('Paged'), SORT: exact(500), PARENT: digits }), 50),
    },
    {
      when: 'the last page',
      params: () => ({ PARENT: ids.filled, START: 50 }),
      total: 51,
      shape: () => exact([{ ID: String(paged[50]), NAME: 'Paged', SORT: 500, PARENT: String(ids.filled) }]),
    },
  ],
})

/** what `add` and `update` refuse alike */
const wrongValues = (send: (values: Params) => Params): Refusing[] => [
  refusal('the name is blank', 'A department needs a name (NAME)', () => send({ NAME: ' ' })),
  refusal('the name is a list', 'A department needs a name (NAME)', () => send({ NAME: ['x'] })),
  refusal('there is no such parent', 'There is no department 999999 to belong to (PARENT)', () => send({ PARENT: 999_999 })),
  refusal('there is no such head', 'There is no user 999999 to be the head (UF_HEAD)', () => send({ UF_HEAD: 999_999 })),
]

contract('department.add', {
  section: '8.5',
  answers: { params: () => ({ NAME: 'New', PARENT: ids.top, SORT: 100, UF_HEAD: ids.eve }), shape: num },
  refuses: [
    notAdmin({ NAME: 'x' }),
    refusal('without a name', 'A department needs a name (NAME)', {}),
    ...wrongValues((values) => ({ NAME: 'x', ...values })),
  ],
})

contract('department.update', {
  section: '8.5',
  answers: {
    params: async (house) => ({ ID: await add(house, { NAME: 'Old', PARENT: ids.top, UF_HEAD: ids.eve }), NAME: 'Young', UF_HEAD: 0 }),
    shape: exact(true),
    after: async (house, { ID }) => [
      await house.ask('department.get', { ID }),
      [{ ID: String(ID), NAME: 'Young', SORT: 500, PARENT: String(ids.top) }],
    ],
  },
  refuses: [
    notAdmin({ ID: 1, NAME: 'x' }),
    ...notFound,
    ...wrongValues((values) => ({ ID: ids.support, ...values })),
    refusal('it would belong to itself', /^There is no department \d+ to belong to \(PARENT\)$/, () => ({
      ID: ids.support,
      PARENT: ids.support,
    })),
    refusal('it would belong to one below it', /^There is no department \d+ to belong to \(PARENT\)$/, () => ({
      ID: ids.sales,
      PARENT: ids.support,
    })),
  ],
})

contract('department.delete', {
  section: '8.5',
  answers: {
    params: async (house) => ({ ID: await add(house, { NAME: 'Old' }) }),
    shape: exact(true),
    after: async (house, { ID }) => [await house.ask('department.get', { ID }), []],
  },
  refuses: [
    notAdmin({ ID: 1 }),
    ...notFound,
    refusal('it is the company itself', 'The first department is the company itself: it cannot be deleted', () => ({ ID: ids.top })),
    refusal('people are in it', 'The department has departments or people in it: move them first', () => ({ ID: ids.filled })),
    refusal('a department is in it', 'The department has departments or people in it: move them first', () => ({ ID: ids.sales })),
  ],
})
