import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, visitorKeys, type Comment } from 'oxc-parser'
import { loadConfig, Settings, variables } from '../portal/src/config.ts'
import { code, forReaders, oneOf, page, table } from './markdown.ts'

const file = 'portal/src/config.ts'

/** The part of a JSON Schema that our settings use. */
interface Schema {
  readonly type?: string
  readonly const?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
}

/** The page of the settings: names and types from the schema, texts from its comments, defaults from an empty configuration. */
export function describeSettings(root: string): string {
  const texts = readComments(readFileSync(join(root, file), 'utf8'))
  const environment = new Map(Object.entries(variables).map(([variable, setting]) => [setting as string, variable]))
  const defaults = loadConfig({ env: {}, dataDir: '/nowhere' })
  const rows = flatten(Settings as Schema).map(([name, schema]) => {
    const variable = environment.get(name)
    return [code(name), kindOf(schema), defaultOf(name, defaults), variable ? code(variable) : '', sentence(texts.get(name) ?? '')]
  })
  return page('Settings', file, [
    'A setting stands in `hookswitch.json` in the data folder, or in an environment variable. The command line comes before the environment, the environment before the file.',
    'What is not known here is refused at the start. A dot stands for a map in a map: `{"recordings": {"maxBytes": 104857600}}`.',
    '',
    'The data folder itself is given by `--data` or `HOOKSWITCH_DATA_DIR`; default `data` below the current folder. It holds the database, the recordings and the keys.',
    '',
    ...table(['Setting', 'Value', 'Default', 'Environment variable', 'Meaning'], rows),
    '`HOOKSWITCH_TRUSTED_PROXIES` is a list with commas; `HOOKSWITCH_TLS` takes `local` only. [`hookswitch start`](command-line.md#hookswitch-start) serves this machine only and sets `host` and `outbound.allowPrivate` itself.',
  ])
}

/** Settings by dotted name; a map is its members, a choice between a map and something else is both. */
function flatten(schema: Schema, prefix = ''): Array<[name: string, schema: Schema]> {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const name = `${prefix}${key}`
    if (inner.properties) return flatten(inner, `${name}.`)
    const map = inner.anyOf?.find((one) => one.properties)
    return [[name, inner] as [string, Schema], ...(map ? flatten(map, `${name}.`) : [])]
  })
}

function kindOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const)
  if (schema.anyOf) return oneOf(schema.anyOf.filter((one) => !one.properties).map(kindOf))
  if (schema.type === 'integer') return `${schema.minimum ?? ''} to ${schema.maximum ?? ''}`
  if (schema.type === 'boolean') return '`true` or `false`'
  return schema.type === 'array' ? 'list of texts' : 'text'
}

function defaultOf(name: string, defaults: unknown): string {
  const value = name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], defaults)
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'none'
  if (name === 'publicUrl') return 'made from `host`, `port` and `tls`'
  return typeof value === 'string' ? code(value.replace('/nowhere/', '')) : code(JSON.stringify(value))
}

function sentence(text: string): string {
  const plain = forReaders(text)
  return plain && `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`
}

/** The doc comments of the properties of `Settings`, by dotted name. A map's own comment serves its members that have none. */
function readComments(source: string): Map<string, string> {
  const { program, comments } = parseSync(file, source)
  const texts = new Map<string, string>()
  const walk = (value: unknown, prefix: string, inherited: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, prefix, inherited)
    if (!isNode(value)) return
    if (value.type === 'Property') {
      const key = value['key'] as { name?: string; value?: string }
      const name = `${prefix}${key.name ?? key.value ?? ''}`
      const text = commentBefore(source, comments, value.start) ?? inherited
      texts.set(name, text)
      walk(value['value'], `${name}.`, text)
      return
    }
    for (const key of visitorKeys[value.type] ?? []) walk(value[key], prefix, inherited)
  }
  walk(declarationOf(program.body, 'Settings'), '', '')
  return texts
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function commentBefore(source: string, comments: readonly Comment[], start: number): string | undefined {
  const found = comments.find((one) => one.end <= start && one.type === 'Block' && source.slice(one.end, start).trim() === '')
  return found?.value
    .replaceAll(/^\*|\n\s*\*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** The first argument of `export const NAME = Type.Object(…)`. */
function declarationOf(body: readonly unknown[], name: string): unknown {
  for (const statement of body as Array<{
    type: string
    declaration?: { declarations?: Array<{ id: { name?: string }; init: { arguments?: unknown[] } }> }
  }>) {
    for (const one of statement.declaration?.declarations ?? []) if (one.id.name === name) return one.init.arguments?.[0]
  }
  throw new Error(`${file} has no exported ${name}`)
}
