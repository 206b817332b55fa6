/** Two wire profiles of an event side by side: what a connector would get in the one and in the other. */
import { buildForm } from '../rest/php.ts'
import type { EventDeclaration } from './event.ts'
import { shapeBody, type ProfileName } from './profiles.ts'

/** One line of a comparison: in both bodies, in the first alone, in the second alone. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+'
  /** `key=value` of the form, decoded */
  readonly text: string
}

/** What is known of an event for a comparison. */
export type ComparableEvent = Pick<EventDeclaration<never>, 'name' | 'profiles'> & {
  /** the sample as the wire's `data` */
  readonly data: Readonly<Record<string, unknown>>
}

const sampleAuth = {
  access_token: 'a'.repeat(70),
  expires: '1700003600',
  expires_in: '3600',
  scope: 'crm,telephony',
  domain: 'crm.example.org',
  server_endpoint: 'https://crm.example.org/rest/',
  status: 'L',
  client_endpoint: 'https://crm.example.org/rest/',
  member_id: 'b'.repeat(32),
  user_id: '1',
  application_token: 'c'.repeat(32),
}

/** The events that have a sample, by name. */
export function comparableEvents(catalogue: ReadonlyMap<string, EventDeclaration<never>>): ReadonlyMap<string, ComparableEvent> {
  const found = [...catalogue.values()].flatMap(({ name, profiles, sample, data }) =>
    sample === undefined ? [] : [{ name, ...(profiles && { profiles }), data: data(sample) }],
  )
  return new Map(found.map((one) => [one.name, one]))
}

/** The body of an event with sample values, line by line, as a handler with the profile gets it. */
export function sampleBody({ name, profiles, data }: ComparableEvent, profile: ProfileName): readonly string[] {
  const shaped = profiles?.[profile]?.(data) ?? data
  const body = shapeBody(profile, { event: name, event_handler_id: 12, data: shaped, ts: 1_700_000_000, auth: sampleAuth })
  return buildForm(body)
    .split('&')
    .map((pair) => decodeURIComponent(pair.replaceAll('+', ' ')))
}

/** The two bodies of an event, with the lines that differ marked. */
export function diffProfiles(event: ComparableEvent, first: ProfileName, second: ProfileName): readonly DiffLine[] {
  return diffLines(sampleBody(event, first), sampleBody(event, second))
}

/** The shortest way from one list of lines to the other, by their longest common subsequence; for lists of some dozens. */
export function diffLines(first: readonly string[], second: readonly string[]): readonly DiffLine[] {
  const common = Array.from({ length: first.length + 1 }, () => Array.from({ length: second.length + 1 }, () => 0))
  for (let row = first.length - 1; row >= 0; row--)
    for (let column = second.length - 1; column >= 0; column--)
      common[row]![column] =
        first[row] === second[column] ? common[row + 1]![column + 1]! + 1 : Math.max(common[row + 1]![column]!, common[row]![column + 1]!)
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < first.length || column < second.length) {
    if (row < first.length && first[row] === second[column]) {
      lines.push({ sign: ' ', text: first[row]! })
      row++
      column++
    } else if (row < first.length && (column === second.length || common[row + 1]![column]! >= common[row]![column + 1]!)) {
      lines.push({ sign: '-', text: first[row++]! })
    } else lines.push({ sign: '+', text: second[column++]! })
  }
  return lines
}
