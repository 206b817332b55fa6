/**
 * Writes `connector/src/asterisk/ari-types.ts` from the description of the Asterisk REST Interface (Swagger 1.1) that an installed Asterisk
 * brings along. Its input is not in the tree, so this is no row of `generate.ts`; the lane `pbx` checks the file where that Asterisk is.
 *
 *   node scripts/generate-ari.ts [FOLDER]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'oxfmt'

/** Where the Debian package puts the description. */
export const ariFolder = '/usr/share/asterisk/rest-api'

/** The release that the committed file is made of; later ones only add to it. */
export const ariRelease = 'Asterisk 16.'

/** The generated file, from the root. */
export const ariTypesPath = 'connector/src/asterisk/ari-types.ts'

interface Property {
  readonly type: string
  readonly required?: boolean
  readonly allowableValues?: Allowed
}

interface Allowed {
  readonly valueType: string
  readonly values?: readonly string[]
}

interface Model {
  readonly properties: Readonly<Record<string, Property>>
  readonly subTypes?: readonly string[]
}

interface Parameter {
  readonly name: string
  readonly paramType: 'path' | 'query' | 'body'
  readonly dataType: string
  readonly required?: boolean
  readonly allowMultiple?: boolean
  readonly allowableValues?: Allowed
}

interface Operation {
  readonly httpMethod: string
  readonly nickname: string
  readonly responseClass: string
  readonly upgrade?: string
  readonly parameters?: readonly Parameter[]
}

interface Description {
  readonly models?: Readonly<Record<string, Model>>
  readonly apis?: ReadonlyArray<{ readonly path: string; readonly operations?: readonly Operation[] }>
}

const plain: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  Date: 'string',
  object: 'Readonly<Record<string, unknown>>',
  containers: 'Readonly<Record<string, string>>',
  binary: 'unknown',
  void: 'unknown',
}

function typeOf(name: string): string {
  const list = /^List\[(.+)\]$/.exec(name)?.[1]
  if (list !== undefined) return `readonly ${typeOf(list).replace(/^(Readonly<.*>)$/, '($1)')}[]`
  return plain[name] ?? `Ari${name}`
}

function valueType({ type, allowableValues }: { type: string; allowableValues?: Allowed | undefined }): string {
  const values = allowableValues?.valueType === 'LIST' ? allowableValues.values : undefined
  return values ? values.map((value) => `'${value}'`).join(' | ') : typeOf(type)
}

function fieldsOf(model: Model): string[] {
  return Object.entries(model.properties).map(([name, property]) => {
    return `  readonly ${/^\w+$/.test(name) ? name : `'${name}'`}${property.required ? '' : '?'}: ${valueType(property)}`
  })
}

/** Events are the leaves below `Message`; each gets the fields of those above it, and its name as the literal `type`. */
function describeModels(models: ReadonlyMap<string, Model>): string[] {
  const parentOf = new Map([...models].flatMap(([name, { subTypes = [] }]) => subTypes.map((child) => [child, name] as const)))
  const chain = (name: string): string[] => [name, ...(parentOf.has(name) ? chain(parentOf.get(name)!) : [])]
  const events: string[] = []
  const lines = [...models].flatMap(([name, model]) => {
    const line = chain(name)
    const isEvent = line.length > 1 && model.subTypes === undefined
    if (isEvent) events.push(name)
    const inherited = line.slice(1).flatMap((above) => fieldsOf(models.get(above)!))
    const own = isEvent
      ? [
          `  readonly type: '${name}'`,
          ...fieldsOf(model),
          ...inherited.filter((field) => !field.startsWith('  readonly type:') && !fieldsOf(model).includes(field)),
        ]
      : fieldsOf(model)
    return [`/** Model \`${name}\` of ARI. */`, `export interface Ari${name} {`, ...own, '}', '']
  })
  return [
    ...lines,
    '/** All that comes over the WebSocket. */',
    `export type AriStreamMessage = ${events.map((name) => `Ari${name}`).join(' | ')}`,
    '',
  ]
}

function describeParameters(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'Readonly<Record<string, never>>'
  const fields = parameters.map(({ name, dataType, required, allowMultiple, allowableValues }) => {
    const type = valueType({ type: dataType, allowableValues })
    return `readonly ${name}${required ? '' : '?'}: ${allowMultiple ? `readonly ${type.includes('|') ? `(${type})` : type}[]` : type}`
  })
  return `{ ${fields.join('; ')} }`
}

/** Returns the text of the generated file, not yet formatted, from the folder with Asterisk's description. */
export function describeAri(folder: string): string {
  const models = new Map<string, Model>()
  const types: string[] = []
  const rows: string[] = []
  for (const file of readdirSync(folder).toSorted()) {
    const area = file.replace(/\.json$/, '')
    const description = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Description
    for (const [name, model] of Object.entries(description.models ?? {})) models.set(name, model)
    for (const { path, operations = [] } of description.apis ?? []) {
      for (const { httpMethod, nickname, responseClass, upgrade, parameters = [] } of operations) {
        if (upgrade) continue
        const key = `'${area}.${nickname}'`
        const names = (kind: Parameter['paramType']) =>
          parameters.filter(({ paramType }) => paramType === kind).map(({ name }) => `'${name}'`)
        types.push(`  ${key}: { readonly params: ${describeParameters(parameters)}; readonly result: ${typeOf(responseClass)} }`)
        rows.push(
          `  ${key}: { method: '${httpMethod}', path: '${path}', query: [${names('query').join(', ')}], body: [${names('body').join(', ')}] },`,
        )
      }
    }
  }
  return [
    '// Generated by scripts/generate-ari.ts from the description that Asterisk 16 brings along; later versions only add to it. Not edited by hand.',
    '',
    ...describeModels(models),
    '/** What every operation takes and answers, by the name of its resource and its nickname. */',
    'export interface AriOperations {',
    ...types,
    '}',
    '',
    '/** How every operation is asked for: its path, and which of its parameters go into the query and into the body. */',
    'export const ariOperations: { readonly [Name in keyof AriOperations]: { readonly method: string; readonly path: string; readonly query: readonly string[]; readonly body: readonly string[] } } = {',
    ...rows,
    '}',
    '',
  ].join('\n')
}

/** Formats the text as `oxfmt` would find it right. */
export async function formatAri(root: string, text: string): Promise<string> {
  const {
    $schema: _,
    ignorePatterns: __,
    ...options
  } = JSON.parse(readFileSync(join(root, '.oxfmtrc.json'), 'utf8')) as Record<string, unknown>
  const { code, errors } = await format('ari-types.ts', text, options)
  if (errors[0]) throw new Error(`the generated file cannot be formatted: ${errors[0].message}`)
  return code
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const folder = process.argv[2] ?? ariFolder
  if (!existsSync(folder)) {
    console.error(`${folder} is not there; scripts/install-asterisk.sh brings it`)
    process.exit(1)
  }
  writeFileSync(join(root, ariTypesPath), await formatAri(root, describeAri(folder)))
  console.log(`wrote ${ariTypesPath}`)
}
