import { expect, test } from 'vitest'
import { createPortalClient, type PortalClient } from './client.ts'

/** The compiler judges these lines: one that it should refuse and does not is an unused `@ts-expect-error`. */
async function calls(client: PortalClient, dynamic: string): Promise<string[]> {
  const { CALL_ID } = await client.call('telephony.externalCall.register', {
    USER_ID: 5,
    PHONE_NUMBER: '+15550100',
    TYPE: 1,
    ADD_TO_CHAT: 0,
  })
  await client.call('telephony.externalCall.finish', { CALL_ID, USER_ID: 5, DURATION: 3, VOTE: 4 })
  await client.call('crm.contact.add', { fields: { NAME: 'Ann' } })
  await client.call('crm.contact.list', { FILTER: { PHONE: '+15550100' }, start: 50 })
  await client.call('user.get', { ACTIVE: true, FILTER: { UF_PHONE_INNER: '11' } })
  await client.call('profile')
  await client.call('a.method.of.another.portal', { ANY: 1 })
  await client.call(dynamic, { ANY: 1 })
  // @ts-expect-error CALL_ID is missing
  await client.call('telephony.externalCall.finish', { DURATION: 3 })
  // @ts-expect-error the name is misspelt
  await client.call('telephony.externalCall.finish', { CALL_ID, DURATON: 3 })
  // @ts-expect-error fields are a map
  await client.call('crm.contact.add', { fields: 'Ann' })
  // @ts-expect-error fields are missing
  await client.call('crm.contact.add')
  // @ts-expect-error an id is text
  await client.call('voximplant.line.outgoing.set', { LINE_ID: ['a'] })
  return [CALL_ID]
}

test('what the compiler lets through arrives as it was written', async () => {
  const sent: string[] = []
  const answer = (url: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(`${String(url).split('/').at(-1)} ${String(init?.body)}`)
    return Promise.resolve(Response.json({ result: { CALL_ID: 'externalCall.1' } }))
  }
  const client = createPortalClient({ webhookUrl: 'https://portal.example/rest/1/abc/' }, { fetch: answer })
  expect(await calls(client, 'some.method')).toEqual(['externalCall.1'])
  expect(sent).toContain('crm.contact.list {"FILTER":{"PHONE":"+15550100"},"start":50}')
  expect(sent).toContain('profile {}')
})
