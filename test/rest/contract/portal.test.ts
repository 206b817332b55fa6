import { describe, expect, test } from 'vitest'
import { openContract, type Refusing } from '../../support/contract.ts'
import { proved } from '../../support/proofs.ts'
import { request } from '../../support/portal.ts'
import { atLeast, bool, digits, exact, fields, isoTime, like, list, nil, num, str } from '../../support/shape.ts'

const { contract, house } = openContract(['telephony', 'crm', 'user'], undefined, { refusalsEverywhere: 'app' })

const method = like(/^[a-z0-9.]+$/)

contract('server.time', { section: '6.7', answers: { shape: isoTime } })

contract('method.get', {
  section: '6.7',
  answers: [
    { params: () => ({ name: 'User.Get' }), shape: exact({ isExisting: true, isAvailable: true }) },
    { when: 'a method of a scope that is not granted', params: () => ({ name: 'placement.get' }), shape: exact({ isExisting: true, isAvailable: false }) },
    { when: 'no such method', params: () => ({ name: 'sale.order.list' }), shape: exact({ isExisting: false, isAvailable: false }) },
    { when: 'an empty name', params: () => ({ name: '' }), shape: exact({ isExisting: false, isAvailable: false }) },
  ],
}) // oxfmt-ignore

contract('methods', {
  section: '6.7',
  answers: [
    { shape: list(method, 20) },
    { when: 'all', params: () => ({ full: true }), shape: list(method, 60) },
    { when: 'of a scope', params: () => ({ scope: 'placement' }), shape: list(like(/^placement\./), 4) },
    { when: 'of an unknown scope', params: () => ({ scope: 'nothing' }), shape: exact([]) },
  ],
})

contract('scope', {
  section: '6.7',
  answers: [
    { shape: exact(['telephony', 'crm', 'user']) },
    { when: 'all', params: () => ({ full: true }), shape: list(like(/^[a-z0-9_.]+$/), 20) },
  ],
})

const noAppContext: Refusing = { when: 'a webhook', who: 'webhook', error: 'AccessException', text: 'Application context required' }

contract('app.info', {
  section: '6.7',
  answers: {
    who: ['app', 'app of Eve'],
    shape: fields({
      ID: num,
      CODE: like(/^local\.[0-9a-f]+\.\d+$/),
      VERSION: num,
      STATUS: exact('L'),
      INSTALLED: bool,
      PAYMENT_EXPIRED: exact('N'),
      DAYS: nil,
      LANGUAGE_ID: like(/^[a-z]{2}$/),
      LICENSE: exact('ru_pro100'),
      LICENSE_TYPE: exact('pro100'),
      LICENSE_FAMILY: exact('pro100'),
    }),
  },
  refuses: [{ when: 'a webhook', who: 'webhook', error: 'ACCESS_DENIED', text: 'Access denied! Application context required' }],
})

for (const kind of ['app', 'user'] as const) {
  const owners = kind === 'app' ? (['app'] as const) : (['app', 'app of Eve'] as const)
  contract(`${kind}.option.set`, {
    section: '6.7',
    answers: { who: owners, params: () => ({ options: { pbx: 'one', nested: { a: 'b' } } }), shape: exact(true) },
    refuses: [
      noAppContext,
      { when: 'no options', error: 'ArgumentNullException', text: 'options is empty' },
      { when: 'empty options', params: { options: {} }, error: 'ArgumentNullException', text: 'options is empty' },
      ...(kind === 'app'
        ? [
            {
              when: 'no administrator',
              params: { options: { a: '1' } },
              who: 'app of Eve',
              error: 'AccessException',
              text: 'Administrator authorization required',
            } as const,
          ]
        : []),
    ],
  })
  contract(`${kind}.option.get`, {
    section: '6.7',
    answers: [
      {
        when: 'all',
        who: owners,
        params: async ({ as }, who) => (await as(who, `${kind}.option.set`, { options: { pbx: 'one', nested: { a: 'b' } } }), {}),
        shape: fields({ nested: exact({ a: 'b' }), pbx: exact('one') }),
      },
      { when: 'one by name', who: owners, params: () => ({ option: 'pbx' }), shape: exact('one') },
      { when: 'one that is not there', who: owners, params: () => ({ option: 'none' }), shape: nil },
      ...(kind === 'app' ? [{ when: 'nothing was set: an empty list', who: ['app of Eve'] as const, shape: exact([]) }] : []),
    ],
    refuses: [noAppContext],
  })
}

const profile = (admin: boolean, name: string) =>
  fields({ ID: like(/^\d+$/), ADMIN: exact(admin), NAME: exact(name), LAST_NAME: str, PERSONAL_GENDER: str, TIME_ZONE: str })
contract('profile', {
  section: '6.7',
  answers: [
    { shape: profile(true, 'Admin') },
    { when: 'of who is no administrator', who: ['app of Eve', 'webhook of Eve'], shape: profile(false, 'Eve') },
  ],
})

contract('feature.get', {
  section: '6.7',
  answers: [
    { params: () => ({ CODE: 'rest_offline_extended' }), shape: exact({ value: 'Y' }) },
    { when: 'auth_connector', params: () => ({ CODE: 'rest_auth_connector' }), shape: exact({ value: 'Y' }) },
    { when: 'an unknown code', params: () => ({ CODE: 'crm_webform' }), shape: exact({ value: 'N' }) },
  ],
  refuses: [
    { when: 'no CODE', who: ['app', 'webhook'], error: 'CODE_EMPTY', text: "CODE can't be empty" },
    { when: 'an empty CODE', params: { CODE: '' }, error: 'CODE_EMPTY', text: "CODE can't be empty" },
  ],
})

contract('access.name', {
  section: '6.7',
  answers: [
    {
      params: ({ eve }) => ({ ACCESS: [`U${eve.userId}`, 'AU', 'U999999'] }),
      shape: ({ eve }) =>
        fields({
          [`U${eve.userId}`]: fields({ provider: str, name: exact('Eve'), provider_id: str }),
          AU: fields({ provider: str, name: str, provider_id: str }),
        }),
    },
    { when: 'no codes', shape: exact(false) },
    { when: 'codes that nobody has', params: () => ({ ACCESS: ['U999999'] }), shape: exact([]) },
  ],
})

const innerTime = fields({
  start: num,
  finish: num,
  duration: num,
  processing: num,
  date_start: isoTime,
  date_finish: isoTime,
  operating_reset_at: num,
  operating: num,
})
contract('batch', {
  section: '6.5',
  answers: [
    {
      when: 'a map of commands',
      params: () => ({ halt: 0, cmd: { me: 'profile', list: 'user.get?start=0', wrong: 'no.such.method' } }),
      shape: fields({
        result: fields({ me: profile(true, 'Admin'), list: list(atLeast({ ID: digits, ACTIVE: bool, NAME: str })) }),
        result_error: exact({ wrong: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } }),
        result_total: fields({ list: num }),
        result_next: exact([]),
        result_time: fields({ me: innerTime, list: innerTime }),
      }),
    },
    {
      when: 'a list of commands answers lists',
      params: () => ({ cmd: ['server.time', 'batch?cmd[0]=profile'] }),
      shape: fields({
        result: list(isoTime),
        result_error: exact({ 1: { error: 'ERROR_BATCH_METHOD_NOT_ALLOWED', error_description: 'Method is not allowed for batch usage' } }),
        result_total: exact([]),
        result_next: exact([]),
        result_time: list(innerTime),
      }),
    },
    {
      when: 'nothing in it',
      shape: exact({ result: [], result_error: [], result_total: [], result_next: [], result_time: [] }),
    },
    {
      when: 'it stops at the first error with halt',
      params: () => ({ halt: 1, cmd: { wrong: 'no.such.method', never: 'profile' } }),
      shape: fields({
        result: exact([]),
        result_error: exact({ wrong: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' } }),
        result_total: exact([]),
        result_next: exact([]),
        result_time: exact([]),
      }),
    },
    {
      when: 'a later command uses results of an earlier one',
      params: () => ({ cmd: { me: 'profile', all: 'user.get?ID=$result[me][ID]' } }),
      shape: ({ admin }) =>
        fields({
          result: fields({ me: profile(true, 'Admin'), all: list(atLeast({ ID: exact(String(admin.userId)) })) }),
          result_error: exact([]),
          result_total: exact({ all: 1 }),
          result_next: exact([]),
          result_time: fields({ me: innerTime, all: innerTime }),
        }),
    },
  ],
  refuses: [{ when: 'cmd is no list of commands', params: { cmd: 'profile' }, error: 'ERROR_ARGUMENT', text: /^Argument 'cmd' must be/ }],
})

describe('what methods answers', () => {
  test('with an empty scope is what every token may call', async () => {
    const { body } = await request(`${house().url}/rest/methods?scope=&auth=${house().app.accessToken}`)
    expect(body.result).toEqual(expect.arrayContaining(['app.info', 'batch', 'server.time', 'event.bind', 'profile']))
    expect(body.result).not.toContain('user.get')
    proved('methods')
  })
})
