import { errors } from '../portal/src/errors.ts'
import type { Method } from '../portal/src/rest/method.ts'
import { anchor, code, forReaders, oneOf, page, table } from './markdown.ts'

type Methods = ReadonlyMap<string, Method>

/** Words of method names as the platform's documentation spells them; any case is understood. */
const spellings: Readonly<Record<string, string>> = {
  externalcall: 'externalCall',
  externalline: 'externalLine',
  searchcrmentities: 'searchCrmEntities',
  attachrecord: 'attachRecord',
  attachtranscription: 'attachTranscription',
  gettranscript: 'getTranscript',
  activatephone: 'activatePhone',
}

/** The name of a method as people write it. */
export function spellMethod(name: string): string {
  return name
    .split('.')
    .map((word) => spellings[word] ?? word)
    .join('.')
}

interface Area {
  readonly file: string
  readonly title: string
  readonly about: string
  /** leading words of the names on this page */
  readonly prefixes: readonly string[]
}

/** A method goes to the area with the longest prefix; what no area takes gets a page named by its first word. */
const areas: readonly Area[] = [
  {
    file: 'telephony',
    title: 'Telephony',
    about: 'Calls, their recordings, external lines, outgoing targets, statistics.',
    prefixes: ['telephony', 'voximplant', 'hookswitch'],
  },
  { file: 'events', title: 'Events', about: 'Handlers: who is told what, and where.', prefixes: ['event', 'events'] },
  {
    file: 'crm',
    title: 'CRM',
    about: 'Contacts, companies, leads, deals, their activities, and call lists.',
    prefixes: ['crm'],
  },
  { file: 'users', title: 'Users', about: 'Who works here, and who calls.', prefixes: ['user', 'profile', 'department', 'access'] },
  {
    file: 'apps',
    title: 'Apps',
    about: 'The calling app, its options, its places in the pages.',
    prefixes: ['app', 'user.option', 'placement'],
  },
  { file: 'im', title: 'Notes', about: 'What stands under the bell of a person.', prefixes: ['im'] },
  {
    file: 'portal',
    title: 'Portal',
    about: 'Many calls at once, and what this portal can do.',
    prefixes: ['batch', 'scope', 'methods', 'method', 'server', 'feature'],
  },
]

/** The pages of the REST methods. Returns path → text. */
export function describeRest(methods: Methods): Record<string, string> {
  const byFile = Map.groupBy(methods, ([name]) => areaOf(name).file)
  const written = [...byFile.values()].map((rows) => ({ area: areaOf(rows[0]![0]), rows }))
  const sorted = written.toSorted((one, other) => place(one.area) - place(other.area))
  const pages = sorted.map(({ area, rows }) => [`docs/reference/rest/${area.file}.md`, describeArea(area, rows)] as const)
  return { 'docs/reference/rest/README.md': describeIndex(sorted), ...Object.fromEntries(pages) }
}

function place(area: Area): number {
  const index = areas.indexOf(area)
  return index === -1 ? areas.length : index
}

function areaOf(name: string): Area {
  const fits = (prefix: string): boolean => name === prefix || name.startsWith(`${prefix}.`)
  const longest = (area: Area): number => Math.max(0, ...area.prefixes.filter(fits).map((prefix) => prefix.length))
  const best = areas.toSorted((one, other) => longest(other) - longest(one))[0]
  if (best && longest(best) > 0) return best
  const first = name.split('.')[0] ?? name
  return { file: first, title: first, about: '', prefixes: [first] }
}

function describeIndex(written: ReadonlyArray<{ area: Area; rows: ReadonlyArray<[string, Method]> }>): string {
  return page('REST methods', "the rows of the areas' methods.ts", [
    'A call is `GET` or `POST` to `/rest/<method>` with a token of an app in `auth`, or to the address of an incoming webhook with the method at its end.',
    'Parameters come from the query, from a form with PHP brackets and from JSON; the names of methods and parameters are read in any case.',
    'An empty value and JSON `null` count as not given. An answer is `{"result": …, "time": …}`, a refusal `{"error": …, "error_description": …}`.',
    '',
    'A list answers 50 rows, with `total`, and with `next` when there are more: pass it as `start`. `start=-1` counts nothing.',
    '',
    'Beside its own errors every method has those of the [framework](../errors.md#rest-framework).',
    '',
    ...written.flatMap(({ area, rows }) => [
      `## [${area.title}](${area.file}.md)`,
      '',
      ...(area.about ? [area.about, ''] : []),
      ...table(
        ['Method', 'Scope', 'Does'],
        rows.map(([name, row]) => [
          `[${code(spellMethod(name))}](${area.file}.md#${anchor(spellMethod(name))})`,
          describeScope(row),
          forReaders(row.about),
        ]),
      ),
    ]),
  ])
}

function describeArea(area: Area, rows: ReadonlyArray<[string, Method]>): string {
  const body = rows.flatMap(([name, row]) => describeMethod(name, row))
  return page(area.title, "the rows of the areas' methods.ts", [
    ...(area.about ? [area.about] : []),
    'What holds for every method: [REST methods](README.md).',
    '',
    ...body,
  ])
}

function describeScope({ scope }: Method): string {
  return scope === null ? 'none' : oneOf(scope.split('|').map(code))
}

function describeMethod(name: string, row: Method): string[] {
  const facts = [`Scope: ${describeScope(row)}.`]
  if (row.context === 'app') {
    const [wire, status] = errors[row.contextError ?? 'wrong_auth_type']
    facts.push(`Only with a token of an app; others get ${code(wire)} (${status}).`)
  }
  if (row.notInBatch) facts.push('Not in `batch`.')
  const parameters = Object.entries(row.params).map(([param, { type, isRequired, about }]) => [
    code(param),
    type,
    isRequired ? 'yes' : '',
    forReaders(about),
  ])
  return [
    `## ${spellMethod(name)}`,
    '',
    forReaders(row.about),
    '',
    facts.join(' '),
    '',
    ...(parameters.length === 0 ? ['No parameters.', ''] : table(['Parameter', 'Type', 'Required', 'Meaning'], parameters)),
    ...table(
      ['Error', 'Status', 'Text'],
      row.errors.map((key) => describeError(key)),
    ),
  ]
}

function describeError(key: keyof typeof errors): string[] {
  const [wire, status, text] = errors[key]
  return [wire === '' ? '(empty)' : code(wire), String(status), text]
}
