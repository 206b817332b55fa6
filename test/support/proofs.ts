import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'vitest'
import type { Answered } from '../../portal/src/rest/router.ts'

/** What a test was seen to do: provoke an answer of a method, or prove a method or an event. */
export interface Proof {
  /** path of the test's file from the root */
  readonly file: string
  readonly test: string
  /** lower-case name of a method, or the upper-case name of an event */
  readonly name: string
  /** key of the error table for a refusal that was provoked, `proved` when the test holds the name to the contract, null for an answer */
  readonly how: string | null
}

const root = join(import.meta.dirname, '../..')
/** Notes of the last run of each test file; the lane `proofs` reads them. */
const folder = join(root, 'node_modules/.cache/hookswitch-proofs')

const begun = new Set<string>()

function note(name: string, how: Proof['how']): void {
  const { testPath, currentTestName } = expect.getState()
  if (!testPath || !currentTestName) return
  const file = relative(root, testPath)
  const path = join(folder, `${createHash('sha256').update(file).digest('hex').slice(0, 16)}.jsonl`)
  const run = `${process.pid} ${path}`
  if (!begun.has(run)) {
    begun.add(run)
    mkdirSync(folder, { recursive: true })
    rmSync(path, { force: true })
  }
  const line: Proof = { file, test: currentTestName, name, how }
  appendFileSync(path, `${JSON.stringify(line)}\n`)
}

/** Says in a test, at its end, that it has held a method or an event to the contract. */
export function proved(name: string): void {
  note(name, 'proved')
}

/** Notes every REST answer with the test that runs. */
export const noteAnswer: Answered = (method, refusal) => note(method, refusal)

/** All notes of the lanes that ran before. */
export function readProofs(): Proof[] {
  const all = globSync(join(folder, '*.jsonl')).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Proof),
  )
  return all.filter(({ file }) => existsSync(join(root, file)))
}
