import { expect, test } from 'vitest'
import { Memory } from './remembered.ts'

const reading = (answers: string[]) => {
  let reads = 0
  return { read: async () => [answers[reads++]!], count: () => reads }
}

test('an answer is read once for the same values, and anew for others', async () => {
  const memory = new Memory()
  const users = memory.of(['user'])
  const { read, count } = reading(['a', 'b'])
  expect(await users.answer({ id: 1 }, read)).toEqual(['a'])
  expect(await users.answer({ id: 1 }, read)).toEqual(['a'])
  expect(await users.answer({ id: 2 }, read)).toEqual(['b'])
  expect(count()).toBe(2)
})

test('a write to one of its tables ends it, a write to another does not', async () => {
  const memory = new Memory()
  const users = memory.of(['user', 'session'])
  const { read } = reading(['a', 'b'])
  await users.answer({ id: 1 }, read)
  expect(memory.written('update "call" set "state" = ?')).toBeNull()
  memory.forget(['portal'])
  expect(await users.answer({ id: 1 }, read)).toEqual(['a'])
  memory.forget([memory.written('delete from "session" where "user_id" = ?')!])
  expect(await users.answer({ id: 1 }, read)).toEqual(['b'])
})

test('what is read while its table is written is not kept', async () => {
  const memory = new Memory()
  const users = memory.of(['user'])
  const old = Promise.withResolvers<string[]>()
  const first = users.answer({ id: 1 }, () => old.promise)
  memory.forget(['user'])
  old.resolve(['old'])
  expect(await first).toEqual(['old'])
  expect(await users.answer({ id: 1 }, async () => ['new'])).toEqual(['new'])
})

test('a failed read is not kept', async () => {
  const users = new Memory().of(['user'])
  await expect(users.answer({ id: 1 }, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await users.answer({ id: 1 }, async () => ['back'])).toEqual(['back'])
})
