import { beforeEach, expect, test } from 'vitest'
import type { Person } from '../support/portal.ts'
import { withExchange } from './exchange.ts'

const at = withExchange()
beforeEach(() => at.app.call('hookswitch.phone.set', { URL: at.listener.url }))

const check = (by: Person = at.house.admin) => by.api('GET', `/apps/${at.app.id}/check?extension=101`)
const ring = (extension: string, by: Person = at.house.admin) => by.api('POST', `/apps/${at.app.id}/ring`, { extension })
const answers = (body: unknown) =>
  at.listener.answer((response) => void response.end(typeof body === 'string' ? body : JSON.stringify(body)))

test('the app is asked with its token, and what it found is handed on; what is no check is left out', async () => {
  const line = { name: 'line', subject: '+15550100', ok: false, code: 'offline', text: 'The trunk is not registered.' }
  answers({ pbx: 'Asterisk 16', checks: [line, { name: 1 }, null, { name: 'moon', ok: true, more: 'x' }] })
  expect((await check()).body).toEqual({
    answer: 'given',
    problem: '',
    pbx: 'Asterisk 16',
    checks: [line, { name: 'moon', subject: '', ok: true, code: '', text: '' }],
  })
  const form = new URLSearchParams(at.listener.received.at(-1)!.body)
  expect([form.get('event'), form.get('data[EXTENSION]')]).toEqual(['HOOKSWITCHCHECK', '101'])
  expect(form.get('auth[application_token]')).toMatch(/^\w{20,}$/)
})

test('an app that gave no address, that is away, or that answers something else is told apart', async () => {
  answers({ refused: { code: 'x', text: 'Not now.' } })
  expect((await check()).body).toMatchObject({ answer: 'silent', problem: 'Not now.' })
  answers({ pbx: 1 })
  expect((await check()).body).toMatchObject({ answer: 'silent', problem: 'what it answered is no report' })
  await at.app.call('hookswitch.phone.set', { URL: 'http://127.0.0.1:9/phone' })
  expect((await check()).body).toMatchObject({ answer: 'silent', checks: [] })
  await at.app.call('hookswitch.phone.set', {})
  expect((await check()).body).toMatchObject({ answer: 'not_asked' })
  expect((await ring('101')).body).toMatchObject({ status: 502, code: 'ring_unreachable' })
})

test('a phone is rung for a test, or the person reads why not; only administrators ask, and only for digits', async () => {
  answers({})
  expect((await ring('101')).status).toBe(204)
  expect(new URLSearchParams(at.listener.received.at(-1)!.body).get('event')).toBe('HOOKSWITCHRING')
  answers({ refused: { code: 'offline', text: 'It is not registered.' } })
  expect((await ring('101')).body).toMatchObject({
    status: 409,
    code: 'ring_refused',
    detail: 'The phone was not rung: It is not registered.',
  })
  expect((await ring('1&2')).status).toBe(422)
  expect([(await check(at.cy)).status, (await ring('104', at.cy)).status]).toEqual([403, 403])
  expect((await at.house.admin.api('GET', '/apps/999/check')).body).toMatchObject({ status: 404, code: 'app_not_found' })
})
