import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasSound, mergeToStereo, repairHeader, secondsOfWav } from './wav.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wav-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** A file as Asterisk leaves it, its header not yet right. */
function mono(name: string, samples: readonly number[]): string {
  const sound = Buffer.alloc(samples.length * 2)
  samples.forEach((sample, at) => sound.writeInt16LE(sample, at * 2))
  const path = join(dir, name)
  writeFileSync(path, Buffer.concat([Buffer.alloc(44), sound]))
  return path
}

test('two sides become left and right; the shorter one is silent at its end', async () => {
  const into = join(dir, 'both.wav')
  await mergeToStereo(mono('left', [1, 2, 3]), mono('right', [-1]), into)
  const file = readFileSync(into)
  expect(Array.from({ length: 6 }, (_, at) => file.readInt16LE(44 + at * 2))).toEqual([1, -1, 2, 0, 3, 0])
  expect([file.toString('latin1', 0, 4), file.readUInt16LE(22), file.readUInt32LE(28), file.readUInt32LE(40)]).toEqual([
    'RIFF',
    2,
    32_000,
    12,
  ])
})

test('chunks meet without a gap', async () => {
  const into = join(dir, 'both.wav')
  const samples = Array.from({ length: 300_000 }, (_, at) => (at * 7) % 30_000)
  await mergeToStereo(
    mono('left', samples),
    mono(
      'right',
      samples.map((sample) => -sample),
    ),
    into,
  )
  const file = readFileSync(into)
  expect(file.length).toBe(44 + samples.length * 4)
  const isWrong = (sample: number, at: number) => file.readInt16LE(44 + at * 4) !== sample || file.readInt16LE(46 + at * 4) !== -sample
  expect(samples.findIndex(isWrong)).toBe(-1)
})

test('a header that was left at 0 tells the length that the file has', async () => {
  const path = mono(
    'killed',
    Array.from({ length: 16_000 }, () => 5),
  )
  await repairHeader(path)
  const file = readFileSync(path)
  expect([file.readUInt32LE(4), file.readUInt32LE(40), file.readInt16LE(44)]).toEqual([36 + 32_000, 32_000, 5])
  expect([secondsOfWav(file.length), secondsOfWav(file.length, 2), hasSound(44)]).toEqual([2, 1, false])
})
