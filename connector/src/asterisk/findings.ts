import type { Snippet } from './snippets.ts'

/** What is looked at, in the order in which it is. */
export type CheckName = 'address' | 'login' | 'rights' | 'version' | 'modules' | 'recording' | 'application' | 'trunk' | 'phone' | 'call'

/** What was found, for programs: its words may change, this does not. */
export type FindingCode =
  | 'fine'
  | 'unreachable'
  | 'no_ari'
  | 'not_ready'
  | 'wrong_login'
  | 'read_only'
  | 'too_old'
  | 'untried_version'
  | 'modules_missing'
  | 'no_recording_folder'
  | 'not_recorded'
  | 'name_in_use'
  | 'no_trunk'
  | 'trunk_offline'
  | 'unknown_extension'
  | 'phone_offline'
  | 'cannot_be_asked'
  | 'not_rung'
  | 'not_answered'
  | 'failed'

/** One thing that was looked at, and how it stands. */
export interface Finding {
  readonly check: CheckName
  /** What it is about where there may be several: an extension, a line. */
  readonly about?: string
  /** `wrong`: calls will fail; `warning`: something of them may. */
  readonly state: 'fine' | 'warning' | 'wrong'
  readonly code: FindingCode
  /** What is so, a sentence. */
  readonly text: string
  /** What to do about it. */
  readonly remedy?: string
  readonly snippets?: readonly Snippet[]
}

/** Nothing that was found keeps calls from working. */
export function isGoodEnough(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'wrong')
}

const MARKS = { fine: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const

/** A finding as lines for a terminal. */
export function describeFinding({ state, text, remedy, snippets = [] }: Finding): string {
  const lines = [`${MARKS[state]}  ${text}`]
  if (remedy) lines.push(`         → ${remedy}`)
  return `${[...lines, ...snippets.map(describeSnippet)].join('\n')}\n`
}

/** A snippet as lines for a terminal: its file, then its text, to be copied. */
export function describeSnippet({ file, text }: Snippet): string {
  return `\n${file ? `# ${file}` : '# as root'}\n${text}`
}
