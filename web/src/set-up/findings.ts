import type { App, AppReport, Target } from '../api/types.ts'
import type { en } from '../app/texts/en/index.ts'

type Words = (typeof en)['setUp']['finding']

/** One line of the check: what was looked at, and whether it is good. */
export interface Finding {
  key: string
  /** what was looked at, by its key in the texts */
  name: keyof Words['name']
  subject: string
  isGood: boolean
  /** what to do, by its key in the texts; null: it is good, or `text` says it */
  advice: keyof Words['advice'] | null
  /** in the words of the app or of the portal */
  text: string
}

const names = ['ari', 'rights', 'recordings', 'line', 'phone'] as const
type Name = (typeof names)[number]
const isName = (name: string): name is Name => (names as readonly string[]).includes(name)

const advices: Readonly<Record<string, keyof Words['advice']>> = {
  'ari wrong_login': 'password',
  'ari unreachable': 'ariUnreachable',
  'ari no_ari': 'ariUnreachable',
  'rights read_only': 'readOnly',
  'recordings no_recording_folder': 'noFolder',
  'line no_trunk': 'noTrunk',
  'line trunk_offline': 'trunkOffline',
  'phone unknown_extension': 'noPhone',
  'phone phone_offline': 'phoneOffline',
  'modules modules_missing': 'modules',
}

/** The portal has reached the connector: it has got its tokens and used them. */
export function hasSpoken(app: Pick<App, 'installed' | 'lastSeenAt'>): boolean {
  return app.installed && app.lastSeenAt !== null
}

/** All that is known of a connector, in the order in which it must come true; what only follows from a failure is left out. */
export function findingsOf(app: App, target: Target | null, report: AppReport | null): Finding[] {
  const portal = (name: Finding['name'], isGood: boolean, advice: Finding['advice'], text = ''): Finding => {
    return { key: name, name, subject: '', isGood, advice: isGood ? null : advice, text: isGood ? '' : text }
  }
  // an app without pages counts as installed before it was reached
  const installed = portal('installed', hasSpoken(app), 'notInstalled', app.installProblem ?? '')
  if (!installed.isGood) return [installed]
  const takes = portal('handler', target?.ready ?? false, 'noHandler', target?.problem?.text ?? '')
  if (!report) return [installed, takes]
  const answers = portal('answers', report.answer === 'given', report.answer === 'silent' ? 'silent' : 'old', report.problem)
  if (!answers.isGood) return [installed, takes, answers]
  const found = report.checks.map(({ name, subject, ok, code, text }): Finding => {
    const advice = ok ? null : (advices[`${name} ${code}`] ?? null)
    return { key: `${name} ${subject}`, name: isName(name) ? name : 'other', subject, isGood: ok, advice, text }
  })
  return [installed, takes, answers, ...found]
}
