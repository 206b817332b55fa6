import { expect, test } from 'vitest'
import type { App, AppReport, Target } from '../api/types.ts'
import { findingsOf } from './findings.ts'

const app = { id: 1, title: 'Asterisk', installed: true, lastSeenAt: 1, installProblem: null } as App
const target = { id: 'app:1', ready: true, problem: null } as Target
const check = { name: 'line', subject: '+15550100', ok: true, code: '', text: '' }
const report = (changes: Partial<AppReport> = {}): AppReport => ({
  answer: 'given',
  problem: '',
  pbx: 'Asterisk 16',
  checks: [check],
  ...changes,
})
const told = (...parts: Parameters<typeof findingsOf>) => findingsOf(...parts).map(({ name, isGood, advice }) => [name, isGood, advice])

test('what follows from a failure is left out: the first thing to mend stands last', () => {
  for (const changes of [{ installed: false }, { lastSeenAt: null }])
    expect(told({ ...app, ...changes }, null, null)).toEqual([['installed', false, 'notInstalled']])
  expect(told(app, target, report({ answer: 'silent', problem: 'connect ECONNREFUSED' }))).toEqual([
    ['installed', true, null],
    ['handler', true, null],
    ['answers', false, 'silent'],
  ])
  expect(told(app, null, report({ answer: 'not_asked' })).slice(1)).toEqual([
    ['handler', false, 'noHandler'],
    ['answers', false, 'old'],
  ])
})

test('each failure that a connector of ours tells has words in both languages; of others the words of the app stand', () => {
  const failed = (name: string, code: string) =>
    findingsOf(app, target, report({ checks: [{ ...check, name, code, ok: false, text: 'x' }] }))[3]!
  for (const [name, code] of [
    ['ari', 'wrong_login'],
    ['ari', 'unreachable'],
    ['ari', 'no_ari'],
    ['rights', 'read_only'],
    ['recordings', 'no_recording_folder'],
    ['line', 'no_trunk'],
    ['line', 'trunk_offline'],
    ['phone', 'unknown_extension'],
    ['phone', 'phone_offline'],
    ['modules', 'modules_missing'],
  ] as const)
    expect(failed(name, code).advice, `${name} ${code}`).not.toBeNull()
  expect(failed('moon', 'eclipse')).toMatchObject({ name: 'other', advice: null, text: 'x', isGood: false })
})
