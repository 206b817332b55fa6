import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errors, type ErrorKey } from '../portal/src/errors.ts'
import type { Method } from '../portal/src/rest/method.ts'
import { spellMethod } from './describe-rest.ts'
import { code, forReaders, page, table } from './markdown.ts'

const file = 'portal/src/errors.ts'

/** The page of the refusals, under the headings that the table's own comments make. */
export function describeErrors(root: string, methods: ReadonlyMap<string, Method>): string {
  const users = new Map<ErrorKey, string[]>()
  for (const [name, row] of methods) for (const key of row.errors) users.set(key, [...(users.get(key) ?? []), spellMethod(name)])
  const groups = readGroups(readFileSync(join(root, file), 'utf8'))
  return page('Errors', file, [
    'REST answers `{"error": code, "error_description": text}`; one code stands for many refusals and may be empty.',
    'The own API (`/v1`) answers `application/problem+json` whose `code` is the key. `{name}` in a text is filled in.',
    'What is not in this table is a bug: status 500, and the log has the cause under the reference that the answer names.',
    '',
    ...groups.flatMap(({ heading, keys }) => [
      `## ${heading}`,
      '',
      ...table(
        ['Key', 'Code', 'Status', 'Text', 'Own error of'],
        keys.map((key) => {
          const [wire, status, text] = errors[key]
          return [code(key), wire === '' ? '(empty)' : code(wire), String(status), text, listUsers(users.get(key) ?? [])]
        }),
      ),
    ]),
  ])
}

function listUsers(names: readonly string[]): string {
  const shown = names.slice(0, 4).map(code).join(', ')
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown
}

/** The keys in their order, under the line comments between them. */
function readGroups(text: string): Array<{ heading: string; keys: ErrorKey[] }> {
  const groups: Array<{ heading: string; keys: ErrorKey[] }> = []
  const known = new Set(Object.keys(errors))
  for (const [, comment, key] of text.matchAll(/^ {2}(?:\/\/ (.+)|(\w+): ?\[)/gm)) {
    if (comment !== undefined) groups.push({ heading: headingOf(comment), keys: [] })
    else if (key !== undefined && known.delete(key)) groups.at(-1)?.keys.push(key as ErrorKey)
  }
  if (known.size > 0) throw new Error(`${file}: no row was found for ${[...known].join(', ')}`)
  return groups
}

function headingOf(comment: string): string {
  const plain = forReaders(comment.replace(/, contract\b.*$/, ''))
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}
