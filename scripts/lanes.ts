import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A lane is one kind of check. A lane of commands is one test; a lane of Vitest is as many as its project in vitest.config.ts has. */
export interface Lane {
  name: string
  /** Commands that must all succeed, each as its words. Without them the lane is the Vitest project of the same name. */
  commands?: string[][]
  /** The lane is there when this folder is. */
  folder?: string
  /** A program that not every machine has; see `missingNeed`. */
  needs?: { program: string; path: string; get: string }
  /** Only `npm run test:long` runs it. */
  longOnly?: boolean
  /** The whole lane is ended after so long, and ten times that in a long run. */
  limitMs: number
}

const minute = 60_000

/** In the order in which they run: the quickest answers first. */
export const lanes: readonly Lane[] = [
  {
    name: 'lint',
    commands: [
      ['oxlint', '--type-aware', '--deny-warnings', '--format=unix'],
      ['oxfmt', '--check'],
    ],
    limitMs: 4 * minute,
  },
  { name: 'types', commands: [['tsc', '-b']], limitMs: 4 * minute },
  { name: 'generated', commands: [['node', 'scripts/generate.ts', '--check']], limitMs: 2 * minute },
  { name: 'support', limitMs: 4 * minute },
  { name: 'unit', limitMs: 4 * minute },
  { name: 'conformance', limitMs: 6 * minute },
  { name: 'rest', limitMs: 8 * minute },
  { name: 'browser', limitMs: 10 * minute },
  {
    name: 'pbx',
    folder: 'test/pbx',
    needs: { program: 'Asterisk', path: process.env['ASTERISK'] ?? '/usr/sbin/asterisk', get: 'scripts/install-asterisk.sh' },
    limitMs: 8 * minute,
  },
  {
    name: 'pbx-22',
    commands: [['sh', '-c', 'ASTERISK="$(scripts/asterisk-22.sh)" && export ASTERISK && exec vitest run --project pbx']],
    longOnly: true,
    limitMs: 4 * minute,
  },
  {
    name: 'pbx-dialplan',
    // a hundred calls, of six channels each, fill two cores: nothing beside them
    commands: ['test/pbx/click test/pbx/outcomes test/pbx/restarts', 'test/pbx/many-calls'].map((files) => [
      'sh',
      '-c',
      `HOOKSWITCH_TEST_DIAL=local exec vitest run --project pbx ${files}`,
    ]),
    longOnly: true,
    limitMs: 2 * minute,
  },
  // reads what the rest lane left
  { name: 'proofs', limitMs: 2 * minute },
  // 10 million rows on each engine
  { name: 'growth', longOnly: true, limitMs: 9 * minute },
  { name: 'fresh-tree', commands: [['bash', 'scripts/fresh-tree.sh']], longOnly: true, limitMs: 6 * minute },
]

/** What came of one lane. */
export interface LaneResult {
  name: string
  passed: number
  failed: number
  skipped: number
  ms: number
}

/** What the person at the keyboard asked for. */
export interface Wish {
  /** Names of lanes; empty means all. */
  lanes: string[]
  long: boolean
  /** Vitest's `-t`: a pattern that the names of tests must match. */
  testName?: string
  /** Vitest's file filters. */
  files: string[]
}

/** Reads the command line of `npm test -- …`. Throws a sentence for the person if it makes no sense. */
export function readWish(words: string[], env: Record<string, string | undefined>): Wish {
  const wish: Wish = { lanes: [], long: env['LONG'] === '1', files: [] }
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--long') wish.long = true
    else if (word === '--lane') wish.lanes.push(...valueOf(word, rest).split(','))
    else if (word === '-t') wish.testName = valueOf(word, rest)
    else if (word.startsWith('-')) throw new Error(`Unknown option ${word}. There are --lane NAME, -t PATTERN, --long and file names.`)
    else wish.files.push(word)
  }
  const unknown = wish.lanes.find((name) => !lanes.some((lane) => lane.name === name))
  if (unknown !== undefined) throw new Error(`There is no lane ${unknown}. There are ${lanes.map(({ name }) => name).join(', ')}.`)
  return wish
}

function valueOf(option: string, rest: string[]): string {
  const value = rest.shift()
  if (value === undefined) throw new Error(`${option} needs a value`)
  return value
}

/** The lanes of a run. A pattern or a file name concerns Vitest alone, so commands then run only if they are named. */
export function chooseLanes(wish: Wish, root: string): Lane[] {
  const narrowed = isNarrowed(wish)
  return lanes.filter((lane) => {
    if (wish.lanes.length > 0) return wish.lanes.includes(lane.name)
    if (lane.folder !== undefined && !existsSync(join(root, lane.folder))) return false
    if (lane.longOnly && !wish.long) return false
    return !(narrowed && lane.commands)
  })
}

/**
 * Why a lane is left out, in words: a person's machine lacks its program, and they did not ask for the lane. In CI and in long runs nothing
 * is left out: there the lane fails.
 */
export function missingNeed({ name, needs }: Lane, wish: Wish, { ci }: { ci: boolean }): string | undefined {
  if (!needs || ci || wish.long || wish.lanes.includes(name) || existsSync(needs.path)) return undefined
  return `${name} is left out: there is no ${needs.program} here. Get it: ${needs.get}`
}

/** Did the person ask for some tests of a lane only? Then a lane in which none matches is no fault. */
export function isNarrowed(wish: Wish): boolean {
  return wish.testName !== undefined || wish.files.length > 0
}

/** Why a run with these results is a failure, in words; empty if it is none. */
export function findFaults(results: LaneResult[], { ci, narrowed }: { ci: boolean; narrowed: boolean }): string[] {
  const faults = results.filter(({ failed }) => failed > 0).map(({ name, failed }) => `${name}: ${failed} failed`)
  const empty = results.filter(({ passed, failed }) => passed + failed === 0)
  if (!narrowed) faults.push(...empty.map(({ name }) => `${name}: ran no test`))
  if (empty.length === results.length) faults.push('no test ran at all')
  if (ci)
    faults.push(
      ...results.filter(({ skipped }) => skipped > 0).map(({ name, skipped }) => `${name}: ${skipped} skipped, and CI skips nothing`),
    )
  return faults
}

/** The closing line of a run, by which other programs read its outcome. */
export function closingLine(results: LaneResult[]): string {
  const sum = (pick: (result: LaneResult) => number) => results.reduce((total, result) => total + pick(result), 0)
  const skipped = sum((result) => result.skipped)
  return `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** One row of the closing table. */
export function describeResult({ name, passed, failed, skipped, ms }: LaneResult): string {
  const verdict = failed > 0 ? 'FAILED' : passed > 0 ? 'ok' : 'EMPTY'
  const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed${skipped > 0 ? ` ${skipped} skipped` : ''}`
  return `  ${name.padEnd(12)} ${verdict.padEnd(7)} ${counts}  ${(ms / 1000).toFixed(1).padStart(6)} s`
}

/** The part of Vitest's JSON report that is counted. */
export interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/**
 * Counts a lane of Vitest. A file that could not even be loaded is one failure; so is a run that ended badly without saying of which
 * test. With a name pattern Vitest reports all the other tests as skipped, so skips are then not counted.
 */
export function countTests(
  report: VitestReport | undefined,
  { exitCode, byName }: { exitCode: number; byName: boolean },
): Omit<LaneResult, 'name' | 'ms'> {
  if (!report) return { passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 }
  const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length
  const failed = report.numFailedTests + broken
  const nothingRan = report.numPassedTests + failed === 0
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 && !nothingRan ? 1 : failed,
    skipped: byName ? 0 : report.numPendingTests + report.numTodoTests,
  }
}
