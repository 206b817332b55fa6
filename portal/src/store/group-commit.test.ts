import { expect, test } from 'vitest'
import { createGroupCommit, type Waiting } from './group-commit.ts'

const unit = (sql: string) => [{ sql, parameters: [] }]

/** A writer whose batches end when they are told to. */
function createWriter() {
  const batches: string[][] = []
  const ends: Array<() => void> = []
  const commits = createGroupCommit(async (batch: readonly Waiting[]) => {
    batches.push(batch.map((waiting) => waiting.unit[0]!.sql))
    await new Promise<void>((end) => ends.push(end))
    for (const waiting of batch) waiting.resolve()
  })
  const end = () => ends.shift()!()
  return { commits, batches, end }
}

test('what comes while a batch runs is the next batch', async () => {
  const { commits, batches, end } = createWriter()
  const done = ['a', 'b', 'c'].map((name) => commits.commit(unit(name), false))
  expect(batches).toEqual([['a']])
  end()
  await done[0]
  await expect.poll(() => batches).toEqual([['a'], ['b', 'c']])
  end()
  await Promise.all(done)
})

test('a patient unit starts no batch while somebody comes to ride with, and keeps its place', async () => {
  const { commits, batches, end } = createWriter()
  const patient = commits.commit(unit('patient'), true)
  expect(batches).toEqual([])
  const pressing = commits.commit(unit('pressing'), false)
  expect(batches).toEqual([['patient', 'pressing']])
  end()
  await Promise.all([patient, pressing])
})

test('a patient unit that nobody comes for is committed all the same', async () => {
  const { commits, batches, end } = createWriter()
  const patient = commits.commit(unit('patient'), true)
  await expect.poll(() => batches).toEqual([['patient']])
  end()
  await patient
})

test('patient units that came during a batch are committed after it', async () => {
  const { commits, batches, end } = createWriter()
  const first = commits.commit(unit('first'), false)
  const patient = commits.commit(unit('patient'), true)
  end()
  await first
  await expect.poll(() => batches).toEqual([['first'], ['patient']])
  end()
  await patient
})

test('whoever wants the writer alone has it in turn, and nothing runs meanwhile', async () => {
  const { commits, batches, end } = createWriter()
  const before = commits.commit(unit('before'), true)
  let release: (() => void) | null = null
  commits.alone((letGo) => (release = letGo))
  const after = commits.commit(unit('after'), false)
  expect(batches).toEqual([['before']])
  end()
  await before
  await expect.poll(() => release).not.toBeNull()
  expect(batches).toEqual([['before']])
  release!()
  await expect.poll(() => batches).toEqual([['before'], ['after']])
  end()
  await after
})

test('many who want the writer alone keep nobody from it for longer than a turn', async () => {
  const { commits, batches, end } = createWriter()
  const letGo: Array<() => void> = []
  for (let turn = 0; turn < 3; turn += 1) commits.alone((release) => letGo.push(release))
  const click = commits.commit(unit('click'), false)
  expect(letGo).toHaveLength(1)
  letGo[0]!()
  await expect.poll(() => batches).toEqual([['click']])
  end()
  await click
  await expect.poll(() => letGo.length).toBe(2)
  letGo[1]!()
  await expect.poll(() => letGo.length).toBe(3)
  letGo[2]!()
  await commits.idle()
})

test('nothing is left behind at the end', async () => {
  const { commits, batches, end } = createWriter()
  const patient = commits.commit(unit('patient'), true)
  const idle = commits.idle()
  expect(batches).toEqual([['patient']])
  end()
  await Promise.all([patient, idle])
  await commits.idle()
})
