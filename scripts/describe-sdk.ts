import type { Method } from '../portal/src/rest/method.ts'
import { spellMethod } from './describe-rest.ts'
import { forReaders } from './markdown.ts'

/** What a caller may write for each type of a parameter's descriptor: the portal reads loosely. */
const types: Readonly<Record<string, string>> = {
  string: 'string | number',
  integer: 'number | string',
  double: 'number | string',
  '0/1': 'Switch',
  'ISO 8601 time': 'string',
  map: 'object',
  list: 'readonly unknown[] | string | number',
  'integer or list': 'number | string | ReadonlyArray<number | string>',
  any: 'unknown',
}

/** The SDK's table of the methods' parameters. */
export function describeSdk(methods: ReadonlyMap<string, Method>): string {
  return [
    "/** The parameters of every REST method of a portal. Made by npm run generate from the rows of the portal's methods; do not edit. */",
    '',
    '/** What counts as yes or no. */',
    "export type Switch = boolean | 0 | 1 | '0' | '1' | 'Y' | 'N'",
    '',
    '/** Parameters by the name of the method. A portal reads the names of parameters in any case. */',
    'export interface MethodParams {',
    ...[...methods].map(([name, row]) => `/** ${comment(row.about)} */\nreadonly '${spellMethod(name)}': ${printParams(row)}`),
    '}',
    '',
  ].join('\n')
}

function printParams({ params }: Method): string {
  const lines = Object.entries(params).map(([name, { type, about, isRequired }]) => {
    const printed = types[type]
    if (printed === undefined) throw new Error(`scripts/describe-sdk.ts does not know the type of parameter "${type}"`)
    return `/** ${comment(about)} */\nreadonly ${name}${isRequired ? '' : '?'}: ${printed}`
  })
  return lines.length === 0 ? 'object' : `{\n${lines.join('\n')}\n}`
}

function comment(text: string): string {
  return forReaders(text).replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')
}
