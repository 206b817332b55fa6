import { describe, expect, test } from 'vitest'
import { openContract, type Refusing } from '../../support/contract.ts'
import { startListener } from '../../support/listener.ts'
import { proved } from '../../support/proofs.ts'
import { digits, exact, fields, like, list, num, oneOf, str } from '../../support/shape.ts'

const { contract, house } = openContract(['telephony', 'crm'], undefined, { refusalsEverywhere: 'app' })

let count = 0
const nextUrl = (): string => `http://127.0.0.1:9/handler/${++count}`
const everyApp = ['app', 'app of Eve'] as const
const notAnApp: Refusing = {
  when: 'a webhook',
  who: 'webhook',
  status: 403,
  error: 'WRONG_AUTH_TYPE',
  text: 'Current authorization type is denied for this method',
}
const missing = (argument: string) => ({ error: 'ERROR_ARGUMENT', text: `Argument '${argument}' is null or empty` })

contract('event.bind', {
  section: '3.1',
  answers: [
    { who: everyApp, params: () => ({ event: 'OnCrmContactAdd', handler: nextUrl() }), shape: exact(true) },
    {
      when: 'with every parameter',
      who: ['app'],
      params: ({ eve }) => ({ EVENT: 'ONOFFLINEEVENT', HANDLER: nextUrl(), AUTH_TYPE: eve.userId, EVENT_TYPE: 'online', OPTIONS: { minTimeout: 5 } }),
      shape: exact(true),
    },
    { when: 'for oneself, without rights', who: ['app of Eve'], params: ({ eve }) => ({ event: 'ONCRMLEADADD', handler: nextUrl(), auth_type: eve.userId }), shape: exact(true) },
    { when: 'offline, without a handler', who: ['app'], params: () => ({ event: 'ONEXTERNALCALLSTART', event_type: 'offline', auth_connector: `own-${++count}` }), shape: exact(true) },
  ],
  refuses: [
    notAnApp,
    { when: 'an event that is not there', params: { event: 'ONNOTHING', handler: 'http://127.0.0.1:9/' }, error: 'ERROR_EVENT_NOT_FOUND', text: 'Event not found' },
    { when: 'no event', params: { handler: 'http://127.0.0.1:9/' }, ...missing('EVENT') },
    { when: 'no handler', params: { event: 'ONCRMLEADADD' }, ...missing('HANDLER') },
    { when: 'a handler that is no address', params: { event: 'ONCRMLEADADD', handler: 'ftp://127.0.0.1/' }, error: 'ERROR_ARGUMENT', text: /^Argument 'HANDLER' must be an http or https address/ },
    {
      when: 'the same handler twice',
      params: async ({ ask }) => {
        const same = { event: 'ONCRMLEADADD', handler: nextUrl() }
        await ask('event.bind', same)
        return same
      },
      error: 'ERROR_CORE',
      text: 'Unable to set event handler: Handler already binded',
    },
    { when: 'for another user without rights', who: 'app of Eve', params: ({ admin }) => ({ event: 'ONCRMLEADADD', handler: nextUrl(), auth_type: admin.userId }), status: 403, error: 'ACCESS_DENIED', text: 'Access denied! Event binding with AUTH_TYPE requires administrator access rights' },
    { when: 'offline without rights', who: 'app of Eve', params: { event: 'ONCRMLEADADD', event_type: 'offline' }, status: 403, error: 'ACCESS_DENIED', text: 'Access denied! Offline events binding requires administrator access rights' },
  ],
}) // oxfmt-ignore

contract('event.unbind', {
  section: '3.2',
  answers: [
    {
      who: everyApp,
      async params({ as }, who) {
        const bound = { event: 'ONCRMCOMPANYADD', handler: nextUrl() }
        await as(who, 'event.bind', bound)
        return bound
      },
      shape: exact({ count: 1 }),
    },
    { when: 'nothing that matches', who: everyApp, params: () => ({ event: 'ONCRMCOMPANYADD', handler: nextUrl() }), shape: exact({ count: 0 }) },
    {
      when: 'offline, naming the handler that it was bound with',
      who: ['app'],
      async params({ ask }) {
        const bound = { event: 'ONCRMDEALADD', handler: nextUrl(), event_type: 'offline' }
        await ask('event.bind', bound)
        return bound
      },
      shape: exact({ count: 1 }),
    },
    {
      when: 'an empty AUTH_TYPE: only the handler without a user',
      who: ['app'],
      async params({ ask, eve }) {
        const handler = nextUrl()
        for (const auth_type of [0, eve.userId]) await ask('event.bind', { event: 'ONCRMDEALUPDATE', handler, auth_type })
        return { handler, auth_type: '' }
      },
      shape: exact({ count: 1 }),
    },
    {
      when: 'no AUTH_TYPE: of every user',
      who: ['app'],
      async params({ ask, eve }) {
        const handler = nextUrl()
        for (const auth_type of [0, eve.userId]) await ask('event.bind', { event: 'ONCRMDEALUPDATE', handler, auth_type })
        return { handler }
      },
      shape: exact({ count: 2 }),
    },
    { when: 'all handlers of the event, AUTH_TYPE 0', who: ['app'], params: () => ({ event: 'ONCRMCONTACTADD', auth_type: 0 }), shape: fields({ count: num }) },
  ],
  refuses: [
    notAnApp,
    { when: 'of another user without rights', who: 'app of Eve', params: ({ admin }) => ({ event: 'ONCRMLEADADD', auth_type: admin.userId }), status: 403, error: 'ACCESS_DENIED', text: 'Access denied! Event unbinding with AUTH_TYPE requires administrator access rights' },
    { when: 'offline without rights', who: 'app of Eve', params: { event: 'ONCRMLEADADD', event_type: 'offline' }, status: 403, error: 'ACCESS_DENIED', text: 'Access denied! Offline events unbinding requires administrator access rights' },
  ],
}) // oxfmt-ignore

contract('event.get', {
  section: '3.3',
  answers: [
    {
      who: ['app'],
      async params({ ask }) {
        await ask('event.bind', { event: 'ONCRMLEADUPDATE', handler: nextUrl() })
        return {}
      },
      shape: list(fields({ event: like(/^[A-Z]+$/), handler: str, auth_type: digits, offline: oneOf(exact(0), exact(1)) })),
    },
    {
      when: 'only one’s own, without rights',
      who: ['app of Eve'],
      async params({ as }) {
        await as('app of Eve', 'event.bind', { event: 'ONCRMLEADUPDATE', handler: nextUrl() })
        return {}
      },
      shape: ({ eve }) => list(fields({ event: str, handler: str, auth_type: exact(String(eve.userId)), offline: exact(0) })),
    },
  ],
  refuses: [notAnApp],
})

contract('events', {
  section: '3.3',
  answers: [
    { who: everyApp, shape: list(like(/^ON[A-Z]+$/), 20) },
    { when: 'of a scope', who: ['app'], params: () => ({ SCOPE: 'telephony' }), shape: list(like(/^ON(APP|OFFLINE|EXTERNALCALL|VOXIMPLANT)[A-Z]+$/), 11) },
    { when: 'all', who: ['app'], params: () => ({ FULL: true }), shape: list(like(/^ON[A-Z]+$/), 20) },
  ],
  refuses: [notAnApp],
}) // oxfmt-ignore

contract('event.test', {
  section: '3.4',
  answers: { who: everyApp, params: () => ({ any: 'thing' }), shape: exact(1) },
  refuses: [notAnApp],
})

describe('events (contract 3.3)', () => {
  test('always begin with those of the app’s own life, in the order of the documentation', async () => {
    const names = (await house().ask('events')) as string[]
    expect(names.slice(0, 7)).toEqual([
      'ONAPPUNINSTALL',
      'ONAPPINSTALL',
      'ONAPPUPDATE',
      'ONAPPPAYMENT',
      'ONAPPTEST',
      'ONAPPMETHODCONFIRM',
      'ONOFFLINEEVENT',
    ])
    expect(names).toEqual(
      expect.arrayContaining(['ONEXTERNALCALLSTART', 'ONVOXIMPLANTCALLINIT', 'ONVOXIMPLANTCALLSTART', 'ONVOXIMPLANTCALLEND']),
    )
    proved('events')
  })

  test('each of them can be bound', async () => {
    for (const event of (await house().ask('events')) as string[])
      expect(await house().ask('event.bind', { event, handler: nextUrl() })).toBe(true)
    proved('event.bind')
  })
})

describe('event.bind (contract 3.1)', () => {
  test('different addresses, and the same address for different users, are different handlers', async () => {
    const url = nextUrl()
    const { ask, eve } = house()
    for (const auth_type of [0, eve.userId])
      expect(await ask('event.bind', { event: 'ONCRMLEADDELETE', handler: url, auth_type })).toBe(true)
    expect(await ask('event.bind', { event: 'ONCRMLEADDELETE', handler: `${url}?b` })).toBe(true)
    const bound = ((await ask('event.get')) as Array<{ event: string; auth_type: string }>).filter((one) => one.event === 'ONCRMLEADDELETE')
    expect(bound.map((one) => one.auth_type)).toContain(String(eve.userId))
    expect(await ask('event.unbind', { event: 'ONCRMLEADDELETE', auth_type: 0, handler: url })).toEqual({ count: 1 })
    proved('event.bind')
  })

  test('a scope that is not granted hides its events', async () => {
    const narrow = await house().addApp({ scope: ['user'] })
    const refused = await narrow.call('event.bind', { event: 'ONCRMLEADADD', handler: nextUrl() })
    expect(refused).toMatchObject({ status: 400, body: { error: 'ERROR_EVENT_NOT_FOUND', error_description: 'Event not found' } })
  })
})

test('event.test raises ONAPPTEST at the app’s handlers with what was sent (contract 3.4)', async () => {
  const listener = await startListener()
  try {
    const { ask } = house()
    await ask('event.bind', { event: 'OnAppTest', handler: listener.url })
    expect(await ask('event.test', { any: 'thing', nested: { a: ['b'] } })).toBe(1)
    const [received] = await listener.waitFor('ONAPPTEST')
    const form = new URLSearchParams(received!.body)
    expect([form.get('data[QUERY][any]'), form.get('data[QUERY][nested][a][0]'), form.get('data[LANGUAGE_ID]')]).toEqual([
      'thing',
      'b',
      'en',
    ])
    proved('event.test')
  } finally {
    await listener.close()
  }
})
