import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../../portal/src/log.ts'
import { GuardFailed } from '../../portal/src/store/engine.ts'
import { migrate } from '../../portal/src/store/migrate.ts'
import { openEngine } from '../../portal/src/store/open.ts'
import { Store, type Tx } from '../../portal/src/store/store.ts'
import { engines, type EmptyDatabase } from './engines.ts'

describe.each(engines)('the store on %s', (_, create) => {
  let database: EmptyDatabase
  let store: Store
  const log = createLog('silent')

  const open = async (): Promise<Store> => {
    const engine = await openEngine(database.address, log)
    await migrate(engine)
    return Store.open(engine, log)
  }
  const line = (number: string) => ({ portal_id: 1, owner: 'app:1', number, name: '', crm_auto_create: 1 as const, created_at: 5 })
  const numbers = async (): Promise<string[]> =>
    (await store.read.selectFrom('line').select('number').orderBy('id').execute()).map((row) => row.number)

  beforeAll(async () => {
    database = await create()
    store = await open()
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })
  beforeEach(async () => {
    await store.transaction(async (tx) => void (await tx.db.deleteFrom('line').execute()))
  })

  test('migrations are applied once, also when two processes start at the same moment', async () => {
    const [one, two] = await Promise.all([openEngine(database.address, log), openEngine(database.address, log)])
    expect([...(await migrate(one)), ...(await migrate(two))]).toEqual([])
    await Promise.all([one.close(), two.close()])
  })

  test('what is recorded is there when the transaction resolves', async () => {
    await store.transaction((tx) => tx.insert('line', line('1')))
    expect(await numbers()).toEqual(['1'])
  })

  test('a failed guard takes back its own unit and leaves the others of its batch', async () => {
    const guarded = (tx: Tx, number: string, rows: number): void => {
      tx.insert('line', line(number))
      tx.write(store.build.updateTable('line').set({ name: 'seen' }).where('number', '=', number), { name: 'there', rows })
    }
    const outcomes = await Promise.allSettled([
      store.transaction((tx) => guarded(tx, 'a', 1)),
      store.transaction((tx) => guarded(tx, 'b', 2)),
      store.transaction((tx) => guarded(tx, 'c', 1)),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(GuardFailed)
    expect(await numbers()).toEqual(['a', 'c'])
  })

  test('a unit that breaks a unique key fails alone', async () => {
    const outcomes = await Promise.allSettled(
      ['x', 'y', 'x', 'z'].map((number) => store.transaction((tx) => tx.insert('line', line(number)))),
    )
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
    expect((await numbers()).toSorted()).toEqual(['x', 'y', 'z'])
  })

  test('reading inside sees what was recorded before it, and a throw takes everything back', async () => {
    const failed = store.transaction(async (tx) => {
      tx.insert('line', line('inside'))
      expect(await tx.db.selectFrom('line').select('number').execute()).toEqual([{ number: 'inside' }])
      tx.insert('line', line('later'))
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await numbers()).toEqual([])
  })

  test('a guard that fails after a read rejects the transaction', async () => {
    const failed = store.transaction(async (tx) => {
      await tx.db.selectFrom('line').selectAll().execute()
      tx.insert('line', line('guarded'))
      tx.write(store.build.updateTable('line').set({ name: 'x' }).where('number', '=', 'nobody'), { name: 'nobody', rows: 1 })
    })
    await expect(failed).rejects.toThrow(GuardFailed)
    expect(await numbers()).toEqual([])
  })

  test('a commit that fails takes back its own work and leaves those alone that come right after it', async () => {
    await store.transaction((tx) => tx.insert('line', line('taken')))
    const work = (number: string) =>
      store.transaction(async (tx) => {
        await tx.db.selectFrom('line').selectAll().execute()
        await tx.db
          .insertInto('line')
          .values(line(`${number} first`))
          .execute()
        tx.insert('line', line(number))
      })
    const outcomes = await Promise.allSettled(['a', 'taken', 'b', 'taken', 'c'].map(work))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect((await numbers()).toSorted()).toEqual(['a', 'a first', 'b', 'b first', 'c', 'c first', 'taken'])
  })

  test('transactions that read before they write do not lose each other’s changes', async () => {
    await store.transaction((tx) => tx.insert('line', { ...line('sum'), name: '0' }))
    const add = () =>
      store.transaction(async (tx) => {
        const { name } = await tx.db.selectFrom('line').select('name').where('number', '=', 'sum').executeTakeFirstOrThrow()
        await tx.db
          .updateTable('line')
          .set({ name: String(Number(name) + 1) })
          .where('number', '=', 'sum')
          .execute()
      })
    await Promise.all(Array.from({ length: 25 }, add))
    expect((await store.read.selectFrom('line').select('name').executeTakeFirstOrThrow()).name).toBe('25')
  })

  test('afterCommit runs after a commit only, afterRollback otherwise', async () => {
    const said: string[] = []
    await store.transaction((tx) => {
      tx.insert('line', line('said'))
      tx.afterCommit(() => said.push('committed'))
      tx.afterRollback(() => said.push('never'))
    })
    await store
      .transaction((tx) => {
        tx.insert('line', line('said'))
        tx.afterCommit(() => said.push('never'))
        tx.afterRollback(() => said.push('taken back'))
      })
      .catch(() => {})
    expect(said).toEqual(['committed', 'taken back'])
  })

  test('given ids are never given twice: not in a burst, not by another process, not after a restart', async () => {
    const other = await open()
    const ids = new Set<number>()
    let asked = 0
    const take = (from: Store, count: number): void => {
      for (let n = 0; n < count; n++, asked++) ids.add(from.nextId('trace_step'))
    }
    for (let round = 0; round < 8; round++) {
      take(store, 4000)
      take(other, 3000)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await other.close()
    const again = await open()
    take(again, 500)
    await again.close()
    expect(ids.size).toBe(asked)
  })

  test('messages reach whoever listens', async () => {
    const heard = new Promise((resolve) => store.listen('test', resolve))
    const repeat = setInterval(() => void store.notify('test', 'hello'), 20)
    expect(await heard).toBe('hello')
    clearInterval(repeat)
  })

  test('text of any alphabet, quotes and large numbers come back as they went in', async () => {
    const name = `'"; drop table line; -- Ёлка 你好 🙂 ${'x'.repeat(5000)}`
    await store.transaction((tx) => tx.insert('line', { ...line('text'), name, created_at: 1_795_377_248_956 }))
    expect(await store.read.selectFrom('line').select(['name', 'created_at']).executeTakeFirstOrThrow()).toEqual({
      name,
      created_at: 1_795_377_248_956,
    })
  })
})
