import type { PbxCheck } from '../pbx.ts'
import type { AsteriskSettings } from './settings.ts'
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

/** Kinds of the port for kinds that only an Asterisk has. */
const NAMES: Readonly<Partial<Record<CheckName, PbxCheck['name']>>> = {
  address: 'ari',
  login: 'ari',
  rights: 'rights',
  recording: 'recordings',
  trunk: 'line',
  phone: 'phone',
}

/** Findings as the port tells them. What no other PBX knows is told when it is not fine, under its own name. */
export function readFindings({ ari }: AsteriskSettings, findings: readonly Finding[]): PbxCheck[] {
  const subjects: Readonly<Partial<Record<CheckName, string>>> = {
    address: ari.url,
    login: ari.url,
    rights: ari.user,
    recording: '/var/spool/asterisk/recording',
  }
  return findings
    .filter(({ check, state }) => NAMES[check] !== undefined || state !== 'fine')
    .map(({ check, about, state, code, text, remedy }) => {
      const seen = { name: NAMES[check] ?? check, subject: about ?? subjects[check] ?? check }
      return state === 'fine'
        ? { ...seen, ok: true, code: '', text: '' }
        : { ...seen, ok: false, code, text: [text, remedy].filter((one) => one !== undefined).join(' ') }
    })
}
