import { expect, test } from 'vitest'
import { createCheckReceiver, type CheckOrder } from './check-receiver.ts'

const auth = { domain: 'crm.test', server_endpoint: 'https://crm.test/rest/', client_endpoint: 'https://crm.test/rest/', member_id: 'm' }
const formOf = (fields: Readonly<Record<string, string>>): string =>
  new URLSearchParams({
    event: 'HOOKSWITCHCHECK',
    ts: '1',
    ...Object.fromEntries(Object.entries(auth).map(([key, text]) => [`auth[${key}]`, text])),
    'auth[application_token]': 'secret',
    ...fields,
  }).toString()

function open(check?: (order: CheckOrder) => Promise<unknown>) {
  const receiver = createCheckReceiver({ applicationToken: () => 'secret', check, log: () => {} })
  return async (fields: Readonly<Record<string, string>>) => {
    const { status, body } = await receiver.receive({ headers: {}, body: formOf(fields) })
    return [status, JSON.parse(body) as unknown]
  }
}

test('the portal reads the findings; a call is made only if it is asked for', async () => {
  const orders: CheckOrder[] = []
  const ask = open(async (order) => orders.push(order))
  expect(await ask({ 'data[EXTENSION]': '101' })).toEqual([200, { findings: 1 }])
  await ask({ 'data[EXTENSION]': '101', 'data[NUMBER]': '+15550100', 'data[CALL]': 'Y' })
  expect(orders).toEqual([
    { extension: '101', number: '', isCall: false },
    { extension: '101', number: '+15550100', isCall: true },
  ])
})

test('nobody but the portal may ask, and nothing but digits reaches the PBX', async () => {
  const orders: CheckOrder[] = []
  const ask = open(async (order) => orders.push(order))
  expect((await ask({ 'auth[application_token]': 'guess' }))[0]).toBe(403)
  expect((await ask({ event: 'HOOKSWITCHPHONE' }))[0]).toBe(400)
  for (const extension of ['101&102', '101@x', '../x', 'a']) expect((await ask({ 'data[EXTENSION]': extension }))[0], extension).toBe(400)
  for (const number of ['+1555&PJSIP/1', '1,2', '1\n2', '${X}']) expect((await ask({ 'data[NUMBER]': number }))[0], number).toBe(400)
  expect((await ask({ 'data[EXTENSION][x]': '101' }))[0]).toBe(400)
  expect(orders).toEqual([])
})

test('one check at a time; what fails is told, and the next one is made', async () => {
  const under = Promise.withResolvers<unknown>()
  const ask = open(() => under.promise)
  const first = ask({})
  expect((await ask({}))[0]).toBe(409)
  under.reject(new Error('Asterisk did not answer'))
  expect(await first).toEqual([502, { error: 'Asterisk did not answer' }])
  expect((await ask({}))[0]).toBe(502)
  expect((await open()({}))[0]).toBe(404)
})
