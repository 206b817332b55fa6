import type { EventDeclaration } from '../portal/src/events/event.ts'
import type { Method } from '../portal/src/rest/method.ts'
import { spellMethod } from './describe-rest.ts'
import { code, page, table } from './markdown.ts'
import { neverRefused, originalScopes, partly, refusing } from './original-names.ts'

/** Name of a method (lower-case) or an event (UPPER-CASE) → the test that proves it; made by the lane `proofs`. */
export type Proved = Readonly<Record<string, { readonly file: string; readonly test: string }>>

interface Sources {
  readonly methods: ReadonlyMap<string, Method>
  readonly events: ReadonlyMap<string, EventDeclaration<never>>
  readonly proved: Proved
}

/** COMPATIBILITY.md: every documented name, whether it is here, and the test that proves it. */
export function describeCompatibility({ methods, events, proved }: Sources): string {
  const isHere = (name: string): boolean => methods.has(name.toLowerCase()) || events.has(name.toUpperCase())
  const isCounted = (name: string): boolean => isHere(name) && !(name in refusing)
  const row = (name: string, proof: { file: string; test: string } | undefined, missing: string): string[] => {
    if (!isHere(name)) return [code(name), 'not', missing, '']
    const refusal = refusing[name]
    if (refusal) return [code(name), 'not', `${code(refusal)}: the portal has no lines and SIP devices of its own`, '']
    const about = partly[name]
    const test = proof ? `[${proof.test}](${proof.file})` : '**no test**'
    return [code(name), about ? 'partly' : 'implemented', about ?? '', test]
  }
  const known = new Set(originalScopes.flatMap((scope) => scope.methods.map((name) => name.toLowerCase())))
  const ours = [...methods.keys()].filter((name) => !known.has(name))
  const all = originalScopes.flatMap((scope) => [...scope.methods, ...scope.events])
  const here = all.filter(isCounted).length
  return page('Compatibility', 'the rows of the portal, scripts/original-names.ts and test/proofs/proved.json', [
    "What of the original's REST API Hookswitch has, in the scopes that a telephony connector may use. *Implemented*: all of what its documentation says; the named test",
    'and those beside it hold it to that, in JSON, forms and multipart, by an app and by an incoming webhook. *Partly*: what is said beside it is missing. *Not*: a call of',
    'it answers what is said beside it, never a made-up success. A test checks this page: a method is listed as implemented only if its named test proved it in the same run.',
    '',
    `Of ${all.length} names ${here} are here.`,
    '',
    ...originalScopes.flatMap(({ title, methods: wanted, events: said }) => [
      `## ${title}`,
      '',
      ...table(
        ['Method', 'Here', 'What is missing, or what it answers', 'Proved by'],
        wanted.map((name) => row(name, proved[name.toLowerCase()], '`ERROR_METHOD_NOT_FOUND`, 404')),
      ),
      ...table(
        ['Event', 'Here', 'What is missing, or what binding it answers', 'Proved by'],
        said.map((name) => row(name, proved[name.toUpperCase()], '`ERROR_EVENT_NOT_FOUND`, 400')),
      ),
    ]),
    '## Documented refusals without a cause',
    '',
    'A client may be ready for them; it does not meet them here.',
    '',
    ...table(
      ['Refusal', 'Of', 'Why not'],
      neverRefused.map((one) => [
        one.code === '' || one.code === one.text ? code(one.text) : `${code(one.code)} ${one.text}`,
        one.of,
        one.why,
      ]),
    ),
    '## Ours alone',
    '',
    'Extensions. A connector that does not know them works without.',
    '',
    ...table(
      ['Method', 'Proved by'],
      ours.map((name) => {
        const proof = proved[name]
        return [code(spellMethod(name)), proof ? `[${proof.test}](${proof.file})` : '**no test**']
      }),
    ),
  ])
}
