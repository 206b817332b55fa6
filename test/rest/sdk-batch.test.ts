import { AjaxResult, SdkError, type AbstractB24 } from '@bitrix24/b24jssdk'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startPortal, type TestPortal } from '../support/portal.ts'
import { call, connectApp, connectWebhook, type Any } from '../support/sdk.ts'

/** Batches and lists of the official JavaScript SDK over https, as a webhook and as an app by OAuth (issue 3, Shows 3). */

const company = 4
const titles = Array.from({ length: 120 }, (_, index) => `Anvil ${String(index).padStart(3, '0')}`)
let house: TestPortal
let ids: number[]

beforeAll(async () => {
  // the SDK says of each old method that it is old
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  house = await startPortal({ settings: { tls: 'local' } })
  ids = []
  for (const title of titles) ids.push(await house.addCompany({ TITLE: title }))
  await house.addCompany({ TITLE: 'Bellows' })
})
afterAll(async () => {
  vi.restoreAllMocks()
  await house.stop()
})

describe.each(['webhook', 'app'] as const)('as %s', (kind) => {
  let b24: AbstractB24
  beforeAll(async () => {
    const scope = ['crm', 'user', 'telephony', 'im']
    b24 = kind === 'app' ? await connectApp(house, { title: 'Batcher', scope }) : await connectWebhook(house, scope)
  })
  const list = (filter: Readonly<Record<string, unknown>>) => ['crm.item.list', { entityTypeId: company, select: ['id'], filter }] as const
  const good = () => list({ '>id': ids[10] })
  const bad = () => list({ '>ddId': ids[10] })
  const make = (calls: unknown, options: Readonly<Record<string, unknown>>): Promise<Any> =>
    b24.actions.v2.batch.make({ calls, options } as Any)

  describe.each([
    ['a list of pairs', (pairs: readonly Any[]) => pairs],
    ['a list of maps', (pairs: readonly Any[]) => pairs.map(([method, params]) => ({ method, params }))],
    ['a map', (pairs: readonly Any[]) => Object.fromEntries(pairs.map((pair, index) => [`cmd${index}`, pair]))],
  ])('a batch as %s', (__, shape) => {
    test('answers every command, each with its time', async () => {
      const answer = await make(shape([good(), list({ '>id': ids[60] })]), { isHaltOnError: true, returnAjaxResult: true })
      expect(answer.isSuccess).toBe(true)
      const rows: AjaxResult<Any>[] = Object.values(answer.getData())
      expect(rows.map((row) => row.getData()!.result.items.length)).toEqual([50, 50])
      for (const row of rows) {
        expect(row).toBeInstanceOf(AjaxResult)
        expect(row.getData()!.time).toMatchObject({ operating: expect.any(Number), operating_reset_at: expect.any(Number) })
      }
    })

    test('without halt names each command that failed, and runs the others', async () => {
      const answer = await make(shape([good(), bad(), good(), bad()]), { isHaltOnError: false, returnAjaxResult: true })
      expect([answer.isSuccess, answer.getErrorMessages().length]).toEqual([false, 2])
      const rows: AjaxResult<Any>[] = Object.values(answer.getData())
      expect(rows.map((row) => row.isSuccess)).toEqual([true, false, true, false])
      for (const row of rows.filter((one) => !one.isSuccess))
        expect([...row.getErrors()].map((error) => (error as SdkError).code)).toContain('INVALID_ARG_VALUE')
    })

    test('with halt ends at the first that failed', async () => {
      const answer = await make(shape([good(), bad(), good(), bad()]), { isHaltOnError: true, returnAjaxResult: true })
      expect([answer.isSuccess, answer.getErrorMessages().length]).toEqual([false, 1])
      expect([...answer.getErrors()].map((error) => (error as SdkError).code)).toContain('INVALID_ARG_VALUE')
    })
  })

  test('a batch itself spends no operating time', async () => {
    const answer = (await b24.actions.v2.call.make({ method: 'batch', params: { cmd: ['server.time'], halt: 0 } })) as AjaxResult<Any>
    expect(answer.getData()!.time).toMatchObject({ operating: 0 })
    expect(answer.getData()!.result.result_time[0].operating).toBeGreaterThan(0)
  })

  test('a method that is not served is an error in its slot', async () => {
    const answer = await make(
      { chat: { method: 'im.chat.get', params: { ENTITY_TYPE: 'NONE', ENTITY_ID: 'NONE' } } },
      { returnAjaxResult: true },
    )
    expect([...answer.getData().chat.getErrors()].map((error: Any) => error.code)).toEqual(['ERROR_METHOD_NOT_FOUND'])
  })

  test('batchByChunk runs 150 commands as three batches, in order', async () => {
    const calls = Array.from({ length: 150 }, (_, index) => ['crm.item.get', { entityTypeId: company, id: ids[index % ids.length] }])
    const answer = (await b24.actions.v2.batchByChunk.make({ calls, options: { isHaltOnError: false } } as Any)) as Any
    expect(answer.isSuccess).toBe(true)
    expect(answer.getData().map((row: Any) => row.item.id)).toEqual(calls.map((_, index) => ids[index % ids.length]))
  })

  test('a batch of 51 commands that does not chunk is told so by the portal in its slot', async () => {
    const cmd = Array.from({ length: 51 }, () => 'server.time')
    const result = await call(b24, 'batch', { cmd, halt: 0 })
    expect(result.result).toHaveLength(50)
    expect(result.result_error).toEqual({ 50: { error: 'ERROR_BATCH_LENGTH_EXCEEDED', error_description: 'Max batch length exceeded' } })
  })

  test('$result chains a list into a get, a number into a filter', async () => {
    const answer = await make(
      {
        found: ['crm.item.list', { entityTypeId: company, select: ['id'], filter: { '=title': titles[7] } }],
        one: ['crm.item.get', { entityTypeId: company, id: '$result[found][items][0][id]' }],
        after: ['crm.company.list', { filter: { '>ID': '$result[one][item][id]' }, order: { ID: 'ASC' }, select: ['ID'], start: -1 }],
      },
      { isHaltOnError: true },
    )
    expect(answer.getErrorMessages()).toEqual([])
    const { one, after } = answer.getData()
    expect([one.item.title, Number(after[0].ID)]).toEqual([titles[7], ids[8]])
  })

  test.each([{ '=%title': 'Anvil%' }, { '%=title': 'Anvil%' }, { '%title': 'Anvil' }])(
    'callList reads a whole list of items by %j',
    async (filter) => {
      const params = { entityTypeId: company, filter, select: ['id', 'title'] }
      const answer = (await b24.actions.v2.callList.make({
        method: 'crm.item.list',
        params,
        idKey: 'id',
        customKeyForResult: 'items',
      })) as Any
      expect(answer.getData().map((row: Any) => row.title)).toEqual(titles)
    },
  )

  test('fetchList yields pages of 50', async () => {
    const params = { entityTypeId: company, filter: { '=%title': 'Anvil%' }, select: ['id'] }
    const pages: Any[][] = []
    for await (const page of b24.actions.v2.fetchList.make({ method: 'crm.item.list', params, idKey: 'id', customKeyForResult: 'items' }))
      pages.push(page as Any[])
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20])
    expect(pages.flat().map((row) => row.id)).toEqual(ids)
  })

  test('the old callMethod pages by start', async () => {
    const old: Any = b24
    const params = { entityTypeId: company, filter: { '>=id': ids[0] }, select: ['id'] }
    const page = async (start: number): Promise<number[]> =>
      (await old.callMethod('crm.item.list', params, start)).getData().result.items.map((row: Any) => row.id)
    const [first, second] = [await page(0), await page(50)]
    expect([first.length, second.length]).toEqual([50, 50])
    expect(second.some((id) => first.includes(id))).toBe(false)
  })

  test('the old callListMethod, fetchListMethod, callBatch and callBatchByChunk work', async () => {
    const old: Any = b24
    const params = { entityTypeId: company, filter: { '=%title': 'Anvil%' }, select: ['id', 'title'] }
    expect((await old.callListMethod('crm.item.list', params, null, 'items')).getData()).toHaveLength(titles.length)
    const sizes: number[] = []
    for await (const chunk of old.fetchListMethod('crm.item.list', params, 'id', 'items')) sizes.push(chunk.length)
    expect(sizes).toEqual([50, 50, 20])
    const batch = await old.callBatch({ First: { method: 'crm.item.get', params: { entityTypeId: company, id: ids[0] } } }, true, true)
    expect(batch.getData().First.getData().result.item.id).toBe(ids[0])
    const many = Array.from({ length: 60 }, () => ['server.time', {}])
    expect((await old.callBatchByChunk(many, false)).getData()).toHaveLength(60)
  })

  test('its tools find the portal well', async () => {
    expect(await b24.tools.healthCheck.make()).toBe(true)
    expect(await b24.tools.ping.make()).toBeGreaterThanOrEqual(0)
  })

  test('refuses by SdkError with the code and status of the portal', async () => {
    const failing = b24.actions.v2.call.make({ method: 'crm.item.list', params: { entityTypeId: company, filter: { '>ddId': 1 } } })
    await expect(failing).rejects.toSatisfy((error: unknown) => error instanceof SdkError && error.code === 'INVALID_ARG_VALUE')
    await expect(
      b24.actions.v2.call.make({ method: 'crm.item.get', params: { entityTypeId: company, id: 9_999_999 } }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      status: 400,
    })
  })
})
