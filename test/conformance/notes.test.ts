import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('notes under the bell on %s', (_, create) => {
  let database: EmptyDatabase
  let house: TestPortal

  beforeAll(async () => {
    database = await create()
    house = await startPortal({ databaseUrl: database.address })
  })
  afterAll(async () => {
    await house.stop()
    await database.drop()
  })

  const send = async (appId: number | null, tag = ''): Promise<number> =>
    (await house.portal.notifications.send({
      portalId: house.portalId,
      userId: house.admin.userId,
      authorId: null,
      appId,
      message: 'x',
      tag,
    }))!
  const unread = async (): Promise<number[]> => {
    const { body } = await house.admin.api('GET', '/notifications')
    return body.items.filter((note: { readAt: number | null }) => note.readAt === null).map((note: { id: number }) => note.id)
  }

  test('are marked and deleted, those of webhooks by webhooks and those of an app by the app', async () => {
    const { notifications } = house.portal
    const of = { portalId: house.portalId, userId: house.admin.userId }
    const ids = [await send(null, 'a'), await send(7, 'b'), await send(7, 'c')] as const
    await notifications.mark({ ...of, which: { fromId: ids[1] }, isRead: true })
    expect(await unread()).toEqual([ids[0]])
    await notifications.mark({ ...of, which: [ids[2]], isRead: false })
    expect(await unread()).toEqual([ids[2], ids[0]])
    const stranger = { portalId: house.portalId, userId: 999 }
    expect(await notifications.delete({ ...stranger, appId: 7, by: { id: ids[0] } })).toBe(0)
    expect(await notifications.delete({ ...stranger, appId: null, by: { tag: 'b' } })).toBe(0)
    expect(await notifications.delete({ ...stranger, appId: null, by: { tag: 'a' } })).toBe(1)
    expect(await notifications.delete({ ...stranger, appId: 7, by: { id: ids[2] } })).toBe(1)
    expect(await notifications.delete({ ...of, appId: null, by: { id: ids[1] } })).toBe(1)
    expect((await house.admin.api('GET', '/notifications')).body.items).toEqual([])
  })

  test('the company is the first department of a new portal', async () => {
    const app = await house.addApp({ scope: ['user', 'department'] })
    expect((await app.call('department.get')).body.result).toMatchObject([{ ID: '1', NAME: 'Hookswitch' }])
  })
})
