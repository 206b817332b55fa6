import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultSwitches } from '../../../portal/src/directory/switches.ts'
import { errors, type ErrorKey } from '../../../portal/src/errors.ts'
import { encodings, send, type Params } from '../../support/contract.ts'
import { startListener } from '../../support/listener.ts'
import { request, startPortal, type Answer, type TestApp, type TestPortal } from '../../support/portal.ts'
import { createTurnableClock } from '../../support/turnable-clock.ts'

/** The refusals that belong to no method: contract 6.3, 6.5. What transport.test.ts and oauth.test.ts say of them in more detail stands there. */
const clock = createTurnableClock()
let house: TestPortal
let app: TestApp
let plain: TestApp
/** granted nothing */
let bare: TestApp
let bareHook: string
let hook: string

const everyScope = ['telephony', 'crm', 'user', 'department', 'placement', 'im', 'call']

beforeAll(async () => {
  house = await startPortal({ world: { clock } })
  const eve = await house.addPerson('Eve', '105')
  app = await house.addApp({ scope: everyScope })
  plain = await house.addApp({ scope: everyScope, by: eve })
  bare = await house.addApp({ scope: ['basic'] })
  bareHook = await house.addIncomingWebhook(['basic'])
  hook = await house.addIncomingWebhook(everyScope)
})
afterAll(() => house.stop())

const byToken = (method: string, params: Params, encoding: 'json' | 'form' | 'multipart' = 'json', token = app.accessToken) =>
  send(`${house.url}/rest/${method}`, { ...params, auth: token }, encoding)
const json = { 'content-type': 'application/json' }
const refusal = (status: number, error: string, error_description: unknown) => ({ status, body: { error, error_description } })

interface Provoked {
  readonly answers: () => Promise<readonly Answer[]>
  readonly expected: ReturnType<typeof refusal>
}

async function inEveryEncoding(ask: (encoding: 'json' | 'form' | 'multipart') => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(encodings.map(ask))
}

/** Each key of the framework's part of the error table, and how a client meets it. */
const provoked: Readonly<Record<string, Provoked>> = {
  expired_token: {
    async answers() {
      const old = (await house.addApp({ title: 'Late' })).accessToken
      clock.turn(3_601_000)
      const answers = await inEveryEncoding((encoding) => byToken('profile', {}, encoding, old))
      for (const one of [app, plain, bare]) await refresh(one)
      return answers
    },
    expected: refusal(401, 'expired_token', 'The access token provided has expired'),
  },
  invalid_token: {
    answers: () => inEveryEncoding((encoding) => byToken('profile', {}, encoding, 'f'.repeat(70))),
    expected: refusal(401, 'invalid_token', 'Unable to get application by token'),
  },
  no_auth_found: {
    answers: async () => [
      ...(await inEveryEncoding((encoding) => send(`${house.url}/rest/profile`, {}, encoding))),
      ...(await inEveryEncoding((encoding) => send(`${house.url}/rest/1/0123456789abcdef/profile`, {}, encoding))),
    ],
    expected: refusal(401, 'NO_AUTH_FOUND', 'Wrong authorization data'),
  },
  insufficient_scope: {
    answers: async () => [
      ...(await inEveryEncoding((encoding) => byToken('user.get', {}, encoding, bare.accessToken))),
      ...(await inEveryEncoding((encoding) => send(`${bareHook}user.get`, {}, encoding))),
    ],
    expected: refusal(403, 'insufficient_scope', expect.stringMatching(/^The request requires higher privileges than provided by the (access|webhook) token$/)),
  },
  access_denied: {
    answers: () => inEveryEncoding((encoding) => byToken('event.offline.get', {}, encoding, plain.accessToken)),
    expected: refusal(403, 'ACCESS_DENIED', 'Access denied!'),
  },
  wrong_auth_type: {
    answers: () => inEveryEncoding((encoding) => send(`${hook}event.get`, {}, encoding)),
    expected: refusal(403, 'WRONG_AUTH_TYPE', 'Current authorization type is denied for this method'),
  },
  method_not_found: {
    answers: async () => [
      ...(await inEveryEncoding((encoding) => byToken('sale.order.list', {}, encoding))),
      ...(await inEveryEncoding((encoding) => send(`${hook}no.such.method`, {}, encoding))),
    ],
    expected: refusal(404, 'ERROR_METHOD_NOT_FOUND', 'Method not found!'),
  },
  v3_method_not_found: {
    // REST 3.0 has an envelope of its own (contract 6.8); the text does not give the secret of the webhook away
    answers: async () => {
      const answers = [
        await send(`${house.url}/rest/api/call.followup.list`, { auth: app.accessToken }, 'json'),
        await send(`${hook.replace('/rest/', '/rest/api/')}call.followup.list`, {}, 'json'),
      ]
      return answers.map(({ body: { error, ...more }, ...answer }) => ({
        ...answer,
        body: { error: error.code, error_description: error.message, ...more },
      }))
    },
    expected: refusal(
      404,
      'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION',
      'REST 3.0 is not served here. Call call.followup.list as a classic method instead',
    ),
  },
  batch_length: {
    answers: async () => {
      const cmd = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`c${index}`, 'server.time']))
      const answers = await inEveryEncoding((encoding) => byToken('batch', { cmd }, encoding))
      return answers.map(({ body, ...answer }) => ({ ...answer, status: 400, body: body.result.result_error.c50 }))
    },
    expected: refusal(400, 'ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded'),
  },
  batch_method: {
    answers: async () => {
      const cmd = { a: 'batch?cmd[a]=profile' }
      const answers = await inEveryEncoding((encoding) => byToken('batch', { cmd }, encoding))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      return answers.map(({ body, ...answer }) => ({ ...answer, status: 405, body: body.result.result_error.a }))
    },
    expected: refusal(405, 'ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage'),
  },
  query_limit: {
    answers: () => limited({ limits: 'standard' }, async () => {
      const burst = await Promise.all(Array.from({ length: 120 }, (_, index) => send(`${hook}server.time`, {}, encodings[index % 3]!)))
      const refused = burst.filter(({ status }) => status !== 200)
      expect(refused.length).toBeGreaterThan(3)
      return refused
    }),
    expected: refusal(503, 'QUERY_LIMIT_EXCEEDED', 'Too many requests'),
  },
  operation_time_limit: {
    answers: () => limited({ limits: 'standard', limitOperatingSeconds: 0.000_001 }, async () => {
      await send(`${hook}server.time`, {}, 'json')
      return inEveryEncoding((encoding) => send(`${hook}server.time`, {}, encoding))
    }),
    expected: refusal(429, 'OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit'),
  },
  overload_limit: {
    answers: () => limited({ limits: 'overload' }, () => inEveryEncoding((encoding) => send(`${hook}server.time`, {}, encoding))),
    expected: refusal(503, 'OVERLOAD_LIMIT', 'REST API is blocked due to overload'),
  },
  request_time: {
    answers: () => limited({ limits: 'standard' }, async () => {
      const slow = await startListener()
      try {
        const asked = new Promise<void>((resolve) => slow.answer(() => resolve()))
        const { body } = await byToken('telephony.externalCall.register', { USER_ID: house.admin.userId, PHONE_NUMBER: '+15550100290', TYPE: 1 })
        const { CALL_ID } = body.result
        await byToken('telephony.externalCall.finish', { CALL_ID, USER_ID: house.admin.userId, DURATION: 1 })
        const waiting = byToken('telephony.externalCall.attachRecord', { CALL_ID, RECORD_URL: `${slow.url}/a.mp3` })
        await asked
        clock.turn(60_000)
        return [await waiting]
      } finally {
        await slow.close()
      }
    }),
    expected: refusal(504, 'ERROR_UNEXPECTED_ANSWER', expect.stringMatching(/^The request took longer than 60 seconds\./)),
  },
  https_required: {
    async answers() {
      const strict = await startPortal({ settings: { rest: { requireHttps: true } } })
      try {
        return [await request(`${strict.url}/rest/server.time`), await send(`${strict.url}/rest/server.time`, {}, 'form')]
      } finally {
        await strict.stop()
      }
    },
    expected: refusal(400, 'INVALID_REQUEST', 'Https required'),
  },
  http_method: {
    answers: async () => [
      await request(`${house.url}/rest/server.time?auth=${app.accessToken}`, { method: 'PUT' }),
      await request(`${hook}server.time`, { method: 'DELETE' }),
    ],
    expected: refusal(405, 'INVALID_REQUEST', 'A method is called by GET or POST'),
  },
  malformed_body: {
    answers: async () => [
      await request(`${hook}profile`, { method: 'POST', headers: json, body: '{"a":' }),
      await request(`${hook}profile`, { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' }),
    ],
    expected: refusal(400, 'INVALID_REQUEST', expect.stringMatching(/^The request body cannot be read: ./)),
  },
  body_too_large: {
    answers: () => inEveryEncoding((encoding) => send(`${hook}profile`, { a: 'x'.repeat(3 * 2 ** 20) }, encoding)),
    expected: refusal(413, 'INVALID_REQUEST', expect.stringMatching(/^The request body is larger than \d+ bytes; the setting bodies\.maxBytes allows more$/)),
  },
  too_many_values: {
    answers: async () => [await byToken('crm.contact.list', { filter: { ID: Array.from({ length: 40_000 }, (_, index) => index + 1) } })],
    expected: refusal(400, 'ERROR_ARGUMENT', expect.stringMatching(/^More than \d+ values at once: .+ in several requests$/)),
  },
  argument: {
    answers: () => inEveryEncoding((encoding) => byToken('event.bind', { handler: 'http://127.0.0.1/' }, encoding)),
    expected: refusal(400, 'ERROR_ARGUMENT', "Argument 'EVENT' is null or empty"),
  },
  argument_wrong: {
    answers: () => inEveryEncoding((encoding) => byToken('event.bind', { event: 'ONCRMLEADADD', handler: 'http://127.0.0.1/', auth_type: 'me' }, encoding)),
    expected: refusal(400, 'ERROR_ARGUMENT', "Argument 'AUTH_TYPE' must be a whole number"),
  },
} // oxfmt-ignore

/** What the original's limits refuse, emulated for the while. */
async function limited(switches: object, ask: () => Promise<readonly Answer[]>): Promise<readonly Answer[]> {
  expect((await house.admin.api('PATCH', '/switches', switches)).status).toBe(200)
  try {
    return await ask()
  } finally {
    await house.admin.api('PATCH', '/switches', defaultSwitches)
    // the bucket leaks out
    clock.turn(60_000)
  }
}

async function refresh(one: TestApp): Promise<void> {
  const { body } = await request(
    `${house.url}/oauth/token/?grant_type=refresh_token&client_id=${one.clientId}&client_secret=${one.clientSecret}&refresh_token=${one.refreshToken}`,
  )
  one.accessToken = body.access_token as string
  one.refreshToken = body.refresh_token as string
}

describe('a refusal of the framework (contract 6.3, 6.5)', () => {
  test.each(Object.keys(provoked))('%s has its code, status and text, and no time', async (key) => {
    const { answers, expected } = provoked[key]!
    for (const answer of await answers()) {
      expect(answer, JSON.stringify(answer.body)).toMatchObject(expected)
      expect(Object.keys(answer.body).filter((name) => name !== 'argument')).toEqual(['error', 'error_description'])
      expect([expected.body.error, expected.status]).toEqual(errors[key as ErrorKey].slice(0, 2))
    }
  })

  test('stands in the list above, each of them', async () => {
    const source = await readFile(new URL('../../../portal/src/errors.ts', import.meta.url), 'utf8')
    const part = /\/\/ REST framework[^\n]*\n(.*?)\n {2}\/\/ /s.exec(source)?.[1] ?? ''
    const keys = [...part.matchAll(/^ {2}(\w+): \[/gm)].map((match) => match[1])
    expect(keys.length).toBeGreaterThan(10)
    expect(Object.keys(provoked)).toEqual(expect.arrayContaining(keys))
  })

  test('names the argument beside ERROR_ARGUMENT (contract 6.2)', async () => {
    expect((await byToken('event.bind', { handler: 'http://127.0.0.1/' })).body).toEqual({
      error: 'ERROR_ARGUMENT',
      error_description: "Argument 'EVENT' is null or empty",
      argument: 'EVENT',
    })
  })
})

describe('every method', () => {
  const rows = () => [...house.portal.router.rows]

  test('is hidden from tokens and webhooks whose scope does not grant it', async () => {
    const scoped = rows().filter(([, row]) => row.scope !== null)
    expect(scoped.length).toBeGreaterThan(50)
    for (const [name] of scoped) {
      const answers = [await byToken(name, {}, 'json', bare.accessToken), await send(bareHook + name, {}, 'form')]
      expect(answers.map(({ status, body }) => [name, status, body.error])).toEqual(answers.map(() => [name, 403, 'insufficient_scope']))
    }
  })

  test('that is for apps alone refuses webhooks, even before it looks at the parameters', async () => {
    const apps = rows().filter(([, row]) => row.context === 'app')
    expect(apps.length).toBeGreaterThan(10)
    for (const [name, row] of apps) {
      const [code, status, text] = errors[row.contextError ?? 'wrong_auth_type']
      expect([name, await send(hook + name, {}, 'json')]).toMatchObject([name, refusal(status, code, text)])
    }
  })

  test('of contract 4.0 refuses webhooks where the portal is strict about it, and no other does', async () => {
    expect((await house.admin.api('PATCH', '/switches', { strictAppContext: true })).status).toBe(200)
    try {
      const refused: string[] = []
      for (const [name, row] of rows()) {
        if (row.context === 'app') continue
        const { body } = await send(hook + name, {}, 'form')
        if (body.error === 'WRONG_AUTH_TYPE') refused.push(name)
      }
      expect(refused).toEqual([
        'telephony.externalcall.register',
        'telephony.externalcall.finish',
        'telephony.externalline.add',
        'telephony.externalline.update',
        'telephony.externalline.get',
        'telephony.externalline.delete',
      ])
    } finally {
      await house.admin.api('PATCH', '/switches', { strictAppContext: false })
    }
  })

  test('that is the batch itself is banned from batches; recordings are taken, because connectors send them so', async () => {
    const banned = rows().filter(([, row]) => row.notInBatch)
    expect(banned.map(([name]) => name)).toEqual(['batch'])
    for (const [name] of banned) {
      const { body } = await byToken('batch', { cmd: [name] })
      expect(body.result.result_error[0].error).toBe('ERROR_BATCH_METHOD_NOT_ALLOWED')
    }
  })

  test('is known in capitals too', async () => {
    for (const [name] of rows()) {
      const { body } = await byToken('method.get', { name: name.toUpperCase() })
      expect([name, body.result?.isExisting]).toEqual([name, true])
    }
  })
})
