import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let eve: Person
let contactId: number
const known = '+15550100200'
/** as the notes write it */
const shown = '+1 555 010 0200'
let lastId = 0

beforeAll(async () => {
  house = await startPortal()
  app = await house.addApp()
  eve = await house.addPerson('Eve', '105')
  contactId = await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: known }] })
})
afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
interface Entry {
  readonly id: number
  readonly kind: string
  readonly text: string
  readonly author: { readonly id: number } | null
  readonly tellsOf: string | null
}
const timeline = async (card = `/contacts/${contactId}`): Promise<Entry[]> => (await eve.api('GET', `${card}/timeline`)).body.items
const register = async (params: Params = {}) =>
  (
    await app.call('telephony.externalCall.register', {
      USER_ID: eve.userId,
      PHONE_NUMBER: known,
      TYPE: 2,
      EXTERNAL_CALL_ID: `n${++lastId}`,
      ...params,
    })
  ).body.result
const finish = async (callId: string, params: Params = {}) =>
  (await app.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: eve.userId, DURATION: 65, ...params })).body.result
const notesOf = async (callId: string) => (await timeline()).filter((entry) => entry.tellsOf === callId).map((entry) => entry.text)

describe('ADD_TO_CHAT', () => {
  test('writes one note of the call on its card: first that it comes, then how it ended', async () => {
    const { CALL_ID } = await register()
    expect(await notesOf(CALL_ID)).toEqual([`Incoming call from ${shown}`])
    await finish(CALL_ID)
    expect(await notesOf(CALL_ID)).toEqual([`Incoming call from ${shown}: talked 1:05`])
  })

  test.each([
    [{ ADD_TO_CHAT: 0 }, { ADD_TO_CHAT: '0' }, []],
    [{ ADD_TO_CHAT: 0 }, {}, [`Call to ${shown}: talked 1:05`]],
    [{ ADD_TO_CHAT: 'N' }, { ADD_TO_CHAT: 1, DURATION: 0 }, [`Call to ${shown}: nobody answered`]],
    [{ ADD_TO_CHAT: null }, { ADD_TO_CHAT: 'N' }, [`Call to ${shown}`]],
    [{ ADD_TO_CHAT: 0 }, { STATUS_CODE: 486 }, [`Call to ${shown}: busy`]],
    [{ ADD_TO_CHAT: 0 }, { STATUS_CODE: 'OTHER' }, [`Call to ${shown}: not connected`]],
  ])('%j at register and %j at finish leaves %j', async (before, after, notes) => {
    const { CALL_ID } = await register({ TYPE: 1, ...before })
    await finish(CALL_ID, after)
    expect(await notesOf(CALL_ID)).toEqual(notes)
  })

  test('of a call without a card writes nothing, and the original text of a number is no danger', async () => {
    const before = await house.portal.store.read.selectFrom('note').select('id').execute()
    const { CALL_ID } = await register({ PHONE_NUMBER: '+15550109999' })
    await finish(CALL_ID)
    expect(await house.portal.store.read.selectFrom('note').select('id').execute()).toEqual(before)
  })
})

describe('a note by hand', () => {
  test.each([
    ['contacts', () => contactId],
    ['companies', () => house.addCompany({ TITLE: 'Co' })],
    ['leads', () => house.addLead({ TITLE: 'Lead' })],
  ])('stands on the timeline of %s with its author, and its author or an admin deletes it', async (path, create) => {
    const card = `/${path}/${await create()}`
    const added = await eve.api('POST', `${card}/notes`, { text: '  Call back\non Friday \u0000' })
    expect(added.status).toBe(201)
    const find = async () => (await timeline(card)).find((entry) => entry.kind === 'note' && entry.id === added.body.id)
    expect(await find()).toMatchObject({ text: 'Call back\non Friday', author: { id: eve.userId }, tellsOf: null })
    const bo = await house.addPerson(`Bo${path}`, null)
    expect((await bo.api('DELETE', `/notes/${added.body.id}`)).status).toBe(404)
    expect(await find()).toBeDefined()
    expect((await house.admin.api('DELETE', `/notes/${added.body.id}`)).status).toBe(204)
    expect(await find()).toBeUndefined()
  })

  test.each([
    ['an empty text', `x`, { text: '' }, 422],
    ['blanks', `x`, { text: '  \n ' }, 422],
    ['no text', `x`, {}, 422],
    ['a card that is not there', '/contacts/999999', { text: 'a' }, 404],
    ['a card that is no number', '/contacts/abc', { text: 'a' }, 404],
  ])('with %s is refused', async (_, card, body, status) => {
    expect((await eve.api('POST', `${card === 'x' ? `/contacts/${contactId}` : card}/notes`, body)).status).toBe(status)
  })

  test.each(['0', 'abc', '-1', '99999999', '1e9'])('that is not there, %s, cannot be deleted', async (id) => {
    expect((await eve.api('DELETE', `/notes/${id}`)).status).toBe(404)
  })

  test('goes with its card', async () => {
    const id = await house.addContact({ NAME: 'Short' })
    await eve.api('POST', `/contacts/${id}/notes`, { text: 'gone soon' })
    await eve.api('DELETE', `/contacts/${id}`)
    expect(await house.portal.store.read.selectFrom('note').select('id').where('text', '=', 'gone soon').execute()).toEqual([])
  })
})

test('pages of a timeline hold notes and calls in one order, none twice', async () => {
  const id = await house.addContact({ NAME: 'Busy', PHONE: [{ VALUE: '+15550100777' }] })
  for (let n = 0; n < 30; n++) {
    await eve.api('POST', `/contacts/${id}/notes`, { text: `note ${n}` })
    await finish((await register({ PHONE_NUMBER: '+15550100777', ADD_TO_CHAT: 0 })).CALL_ID, { ADD_TO_CHAT: 0 })
  }
  const first = (await eve.api('GET', `/contacts/${id}/timeline`)).body
  const second = (await eve.api('GET', `/contacts/${id}/timeline?cursor=${first.nextCursor}`)).body
  const all = [...first.items, ...second.items] as Array<Entry & { at: number }>
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([50, 11, null])
  expect(new Set(all.map((entry) => `${entry.kind}${entry.id}`)).size).toBe(61)
  expect(all.map((entry) => entry.at)).toEqual(all.map((entry) => entry.at).toSorted((a, b) => b - a))
})
