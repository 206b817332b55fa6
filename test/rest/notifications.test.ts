import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let app: TestApp
let person: Person

beforeAll(async () => {
  house = await startPortal()
  person = await house.addPerson('Eve', '105')
  app = await house.addApp({ title: 'PBX', scope: ['im'] })
})

afterAll(() => house.stop())

type Params = Readonly<Record<string, unknown>>
const result = async (method: string, params: Params = {}, by = app) => {
  const answer = await by.call(method, params)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.result
}
const notes = async (by = person, query = '') => (await by.api('GET', `/notifications${query}`)).body
const latest = async () => (await notes()).items[0]

describe.each(['im.notify', 'im.notify.personal.add', 'im.notify.system.add'])('%s', (name) => {
  const isSystem = name === 'im.notify.system.add'

  test('answers a number; the person finds the note under the bell, and nobody else', async () => {
    const id = await result(name, {
      USER_ID: String(person.userId),
      MESSAGE: ' [b]Call[/b] the client ',
      MESSAGE_OUT: 'mail',
      SUB_TAG: 'x',
    })
    expect(typeof id).toBe('number')
    const author = isSystem ? null : { id: house.admin.userId, name: 'Admin' }
    expect(await latest()).toEqual({ id, message: '[b]Call[/b] the client', author, createdAt: expect.any(Number), readAt: null })
    expect((await notes(house.admin)).items).toEqual([])
  })

  test('a note with a tag replaces earlier ones of the same app and tag', async () => {
    const other = await house.addApp({ title: 'Other', scope: ['im'] })
    const send = (TAG: string, by = app) => result(name, { USER_ID: person.userId, MESSAGE: name, TAG }, by)
    const [first, kept, foreign] = [await send('A'), await send('B'), await send('A', other)]
    const second = await send('A')
    const ids = (await notes()).items.map((item: { id: number }) => item.id)
    expect(ids).toEqual(expect.arrayContaining([second, kept, foreign]))
    expect(ids).not.toContain(first)
  })

  test('answers false for somebody who is not there', async () => {
    expect(await result(name, { USER_ID: 999_999, MESSAGE: 'x' })).toBe(false)
    const left = await house.addPerson(`Left${name.length}`, null)
    await house.portal.users.change(house.portalId, left.userId, { isActive: false })
    expect(await result(name, { USER_ID: left.userId, MESSAGE: 'x' })).toBe(false)
  })

  test('each refusal has its code', async () => {
    const refused = (error: string, text: string) => ({ status: 400, body: { error, error_description: text } })
    const send = (params: Params) => app.call(name, { USER_ID: person.userId, MESSAGE: 'x', ...params })
    for (const USER_ID of [undefined, 0, -1, '', 'x', [1]])
      expect(await send({ USER_ID }), JSON.stringify(USER_ID)).toMatchObject(refused('USER_ID_EMPTY', "User ID can't be empty"))
    for (const MESSAGE of [undefined, '', '  ', ['x']])
      expect(await send({ MESSAGE })).toMatchObject(refused('MESSAGE_EMPTY', "Message can't be empty"))
    for (const ATTACH of ['x', '5', 5, true])
      expect(await send({ ATTACH }), JSON.stringify(ATTACH)).toMatchObject(refused('ATTACH_ERROR', 'Incorrect attach params'))
    expect(await send({ ATTACH: { BLOCKS: ['x'.repeat(60_001)] } })).toMatchObject(
      refused('ATTACH_OVERSIZE', 'You have exceeded the maximum allowable size of attach'),
    )
    for (const ATTACH of ['{"BLOCKS":[]}', { BLOCKS: [] }, [1]]) expect((await send({ ATTACH })).body.result).toEqual(expect.any(Number))
    const without = await house.addApp({ scope: ['crm'] })
    expect(await without.call(name, { USER_ID: 1, MESSAGE: 'x' })).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })

  test('works from a webhook', async () => {
    const hook = await house.addIncomingWebhook(['im'])
    const { body } = await request(`${hook}${name}?USER_ID=${person.userId}&MESSAGE=From+a+webhook&TAG=W`)
    expect(await latest()).toMatchObject({ id: body.result, message: 'From a webhook' })
  })
})

test('im.notify knows TYPE and the old name of USER_ID', async () => {
  await result('im.notify', { to: person.userId, message: 'old', type: 'SYSTEM' })
  expect(await latest()).toMatchObject({ message: 'old', author: null })
  await result('im.notify', { to: person.userId, message: 'personal', type: 'USER' })
  expect(await latest()).toMatchObject({ message: 'personal', author: { id: house.admin.userId } })
})

describe('what becomes of a note', () => {
  /** the app acts for the admin: the notes that it reads are the admin's own */
  const send = (params: Params = {}, by = app): Promise<number> =>
    result('im.notify.system.add', { USER_ID: house.admin.userId, MESSAGE: 'x', ...params }, by)
  const own = async (): Promise<Array<{ id: number; readAt: number | null }>> => (await notes(house.admin)).items
  const unread = async (ids: readonly number[]): Promise<number[]> =>
    (await own()).filter(({ id, readAt }) => ids.includes(id) && readAt === null).map(({ id }) => id)

  test('im.notify.read marks one as read with ONLY_CURRENT, else all newer ones too', async () => {
    const ids = [await send(), await send(), await send()] as const
    expect(await result('im.notify.read', { ID: ids[1], ONLY_CURRENT: 'Y' })).toBe(true)
    expect(await unread(ids)).toEqual([ids[2], ids[0]])
    expect(await result('im.notify.read', { ID: String(ids[1]) })).toBe(true)
    expect(await unread(ids)).toEqual([ids[0]])
    expect(await result('im.notify.read', { ID: ids[0], ONLY_CURRENT: 'N' })).toBe(true)
    expect(await unread(ids)).toEqual([])
  })

  test('im.notify.read.list marks several as read and as unread, and nobody else’s', async () => {
    const ids = [await send(), await send(), await send()]
    const foreign = await send({ USER_ID: person.userId })
    expect(await result('im.notify.read.list', { IDS: [ids[0], ids[2], foreign], ACTION: 'Y' })).toBe(true)
    expect(await unread(ids)).toEqual([ids[1]])
    expect((await latest()).readAt).toBeNull()
    expect(await result('im.notify.read.list', { IDS: [ids[0]], ACTION: 'N' })).toBe(true)
    expect(await unread(ids)).toEqual([ids[1], ids[0]])
    expect(await result('im.notify.read.list', { IDS: [] })).toBe(true)
    const many = await app.call('im.notify.read.list', { IDS: Array.from({ length: 501 }, (_, index) => index + 1) })
    expect(many).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT' } })
  })

  test('im.notify.read.all marks all as read', async () => {
    const ids = [await send(), await send()]
    expect(await result('im.notify.read.all')).toEqual({ result: true, newCounter: 0 })
    expect([await unread(ids), (await notes(house.admin)).unread]).toEqual([[], 0])
  })

  test('im.notify.delete answers true, and false for what is gone', async () => {
    const id = await send()
    expect(await result('im.notify.delete', { ID: id })).toBe(true)
    expect((await own()).map((note) => note.id)).not.toContain(id)
    expect(await result('im.notify.delete', { ID: id })).toBe(false)
  })

  test('im.notify.delete by a tag deletes all notes of the app with it, whoever got them, and no other app’s', async () => {
    const other = await house.addApp({ title: 'Other sender', scope: ['im'] })
    const [mine, theirs, foreign] = [
      await send({ TAG: 'D' }),
      await send({ TAG: 'D', USER_ID: person.userId }),
      await send({ TAG: 'D' }, other),
    ]
    expect(await result('im.notify.delete', { TAG: 'D' })).toBe(true)
    const left = [...(await own()), ...(await notes()).items].map(({ id }) => id)
    expect([left.includes(mine), left.includes(theirs), left.includes(foreign)]).toEqual([false, false, true])
    const sub = await send({ SUB_TAG: 'E' })
    expect(await result('im.notify.delete', { ID: null, TAG: '', SUB_TAG: 'E' })).toBe(true)
    expect((await own()).map(({ id }) => id)).not.toContain(sub)
  })

  test('nobody deletes what another app sent to somebody else', async () => {
    const other = await house.addApp({ title: 'Stranger', scope: ['im'] })
    const id = await send({ USER_ID: person.userId })
    expect(await result('im.notify.delete', { ID: id }, other)).toBe(false)
    const hook = await house.addIncomingWebhook(['im'])
    expect((await request(`${hook}im.notify.delete?ID=${id}`)).body.result).toBe(false)
    expect((await latest()).id).toBe(id)
    // the app that sent it may
    expect(await result('im.notify.delete', { ID: id })).toBe(true)
  })

  test.each(['im.notify.delete', 'im.notify.read', 'im.notify.read.list'])('%s without a note is refused', async (name) => {
    expect(await app.call(name, {})).toMatchObject({ status: 400, body: { error: 'PARAMS_ERROR' } })
    expect(await app.call(name, { ID: 'x', IDS: ['x'] })).toMatchObject({ status: 400, body: { error: 'PARAMS_ERROR' } })
  })
})

describe('/v1/notifications', () => {
  test('counts what is unread, marks one and all as read', async () => {
    const reader = await house.addPerson('Reader', null)
    const ids: number[] = []
    for (const MESSAGE of ['one', 'two', 'three']) ids.push(await result('im.notify', { USER_ID: reader.userId, MESSAGE }))
    expect((await notes(reader)).unread).toBe(3)
    expect((await reader.api('POST', `/notifications/${ids[1]}/read`)).status).toBe(204)
    expect((await reader.api('POST', `/notifications/${ids[1]}/read`)).status).toBe(204)
    const page = await notes(reader)
    expect([page.unread, page.nextCursor]).toEqual([2, null])
    expect(page.items.map((item: { id: number; readAt: number | null }) => [item.id, item.readAt !== null])).toEqual([
      [ids[2], false],
      [ids[1], true],
      [ids[0], false],
    ])
    expect((await person.api('POST', `/notifications/${ids[0]}/read`)).body).toMatchObject({ status: 404, code: 'notification_not_found' })
    for (const id of ['999999', 'x', '-1']) expect((await reader.api('POST', `/notifications/${id}/read`)).status).toBe(404)
    expect((await reader.api('POST', '/notifications/read-all')).status).toBe(204)
    expect((await notes(reader)).unread).toBe(0)
  })

  test('pages by 50, newest first', async () => {
    const reader = await house.addPerson('Pager', null)
    for (let index = 0; index < 53; index++)
      await house.portal.notifications.send({
        portalId: house.portalId,
        userId: reader.userId,
        authorId: null,
        appId: null,
        message: `${index}`,
      })
    const first = await notes(reader)
    expect([first.items.length, first.items[0].message, first.unread]).toEqual([50, '52', 53])
    const second = await notes(reader, `?cursor=${first.nextCursor}`)
    expect([second.items.map((item: { message: string }) => item.message), second.nextCursor]).toEqual([['2', '1', '0'], null])
    expect((await reader.api('GET', '/notifications?cursor=x')).body).toMatchObject({ status: 400, code: 'bad_cursor' })
  })

  test('the bell of the person alone is told', async () => {
    const listen = async (by: Person) => {
      const stop = new AbortController()
      const response = await fetch(`${house.url}/v1/live`, { headers: { cookie: by.cookie }, signal: stop.signal })
      const text = (async () => {
        let heard = ''
        try {
          for await (const chunk of response.body!) heard += Buffer.from(chunk).toString()
        } catch {
          // ended below
        }
        return heard
      })()
      return { end: () => (stop.abort(), text) }
    }
    const streams = [await listen(person), await listen(house.admin)] as const
    await result('im.notify', { USER_ID: person.userId, MESSAGE: 'live' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [own, other] = [await streams[0].end(), await streams[1].end()]
    expect(own).toContain('"notifications"')
    expect(other).not.toContain('"notifications"')
  })

  test('nobody sees them without a session', async () => {
    expect((await request(`${house.url}/v1/notifications`)).status).toBe(401)
    expect((await request(`${house.url}/v1/placements?code=CALL_CARD`)).status).toBe(401)
  })
})
