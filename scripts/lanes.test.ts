import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chooseLanes, closingLine, countTests, findFaults, missingNeed, readWish } from './lanes.ts'
import type { LaneResult, VitestReport } from './lanes.ts'

const good: LaneResult = { name: 'unit', passed: 3, failed: 0, skipped: 0, ms: 1 }
const local = { ci: false, narrowed: false }

describe('findFaults', () => {
  test('finds none where every lane ran and passed', () => expect(findFaults([good], local)).toEqual([]))

  test('finds a failed test', () => expect(findFaults([good, { ...good, name: 'rest', failed: 2 }], local)).toEqual(['rest: 2 failed']))

  test('finds a lane that ran nothing', () =>
    expect(findFaults([good, { ...good, name: 'rest', passed: 0 }], local)).toEqual(['rest: ran no test']))

  test('finds a skipped test in CI only', () => {
    const results = [{ ...good, skipped: 1 }]
    expect(findFaults(results, local)).toEqual([])
    expect(findFaults(results, { ...local, ci: true })).toEqual(['unit: 1 skipped, and CI skips nothing'])
  })

  test('finds a run without any test, also when it was narrowed to one name', () => {
    const narrowed = { ...local, narrowed: true }
    expect(findFaults([], narrowed)).toEqual(['no test ran at all'])
    expect(findFaults([{ ...good, passed: 0 }], narrowed)).toEqual(['no test ran at all'])
    expect(findFaults([good, { ...good, name: 'rest', passed: 0 }], narrowed)).toEqual([])
  })
})

describe('closingLine', () => {
  test('adds the lanes up', () => expect(closingLine([good, { ...good, passed: 4, failed: 1 }])).toBe('7 passed, 1 failed'))

  test('tells skipped tests, if any', () => expect(closingLine([{ ...good, skipped: 2 }])).toBe('3 passed, 0 failed, 2 skipped'))
})

describe('countTests', () => {
  const report: VitestReport = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] }

  test('counts what Vitest reports, a todo as skipped', () => {
    expect(countTests(report, { exitCode: 0, byName: false })).toEqual({ passed: 5, failed: 0, skipped: 2 })
  })

  test('counts a file that could not be loaded as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }]
    expect(countTests({ ...report, testResults }, { exitCode: 1, byName: false }).failed).toBe(1)
  })

  test('counts a bad end without a failed test as a failure', () => {
    expect(countTests(report, { exitCode: 1, byName: false }).failed).toBe(1)
    expect(countTests(undefined, { exitCode: 1, byName: false })).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  test('does not count as skipped what a name pattern left out', () => {
    expect(countTests(report, { exitCode: 0, byName: true }).skipped).toBe(0)
  })
})

describe('readWish and chooseLanes', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'hookswitch-lanes-'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const names = (...words: string[]) => chooseLanes(readWish(words, {}), root).map(({ name }) => name)

  test('run everything but the long lanes and the lanes whose folder is missing', () => {
    expect(names()).toEqual(['lint', 'types', 'generated', 'support', 'unit', 'conformance', 'rest', 'browser', 'proofs'])
    mkdirSync(join(root, 'test/pbx'), { recursive: true })
    expect(names()).toContain('pbx')
    expect(names('--long')).toContain('fresh-tree')
  })

  test('run the named lanes, in the order of the table', () => expect(names('--lane', 'unit,lint')).toEqual(['lint', 'unit']))

  test('leave the commands out when tests are chosen by name or file', () => {
    expect(names('-t', 'double click')).not.toContain('lint')
    expect(names('portal/src/crm')).not.toContain('types')
  })

  test('leave out the lane whose program is missing, in words, but not in CI, in a long run, or when it was asked for', () => {
    const lane = { name: 'pbx', needs: { program: 'Asterisk', path: join(root, 'none'), get: 'make it' }, limitMs: 1 }
    const missing = (ci: boolean, ...words: string[]) => missingNeed(lane, readWish(words, {}), { ci })
    expect(missing(false)).toBe('pbx is left out: there is no Asterisk here. Get it: make it')
    expect([missing(true), missing(false, '--long'), missing(false, '--lane', 'pbx')]).toEqual([undefined, undefined, undefined])
    expect(missingNeed({ ...lane, needs: { ...lane.needs, path: root } }, readWish([], {}), { ci: false })).toBeUndefined()
  })

  test('refuse what they do not know', () => {
    expect(() => readWish(['--lane', 'units'], {})).toThrow('There is no lane units')
    expect(() => readWish(['--fast'], {})).toThrow('Unknown option --fast')
    expect(() => readWish(['-t'], {})).toThrow('-t needs a value')
  })

  test('take a long run from the environment too', () => expect(readWish([], { LONG: '1' }).long).toBe(true))
})
