import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { Route } from '../portal/src/http/api/route.ts'
import { openApiDocument } from '../portal/src/http/openapi.ts'
import { forReaders } from './markdown.ts'

/** The part of JSON Schema that the shapes use. */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: string | number | boolean
  readonly enum?: ReadonlyArray<string | number>
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

interface Operation {
  readonly summary: string
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }>
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const shapesFile = 'portal/src/http/api/schemas.ts'

/**
 * The OpenAPI document of the own API and the same as types for the web. The types are printed here, because the generators that
 * others make stand on the compiler API that TypeScript 7 does not have.
 */
export function describeApi(root: string, routes: readonly Route[]): Record<string, string> {
  const document = openApiDocument(routes, '') as unknown as Document
  return {
    'docs/reference/openapi.json': JSON.stringify(document, null, 2),
    'web/src/api/schema.ts': printTypes(document, readComments(readFileSync(join(root, shapesFile), 'utf8'))),
  }
}

function printTypes({ components, paths }: Document, comments: ReadonlyMap<string, string>): string {
  const shapes = Object.entries(components.schemas).map(
    ([name, schema]) => `${comment(comments.get(name) ?? schema.description)}${declare(name, schema)}`,
  )
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => `${comment(operation.summary)}'${method.toUpperCase()} ${path}': ${printOperation(operation)}`,
    ),
  )
  return [
    `/** The own API of the portal (\`/v1\`): its shapes and operations. Made by npm run generate from ${shapesFile} and the routes; do not edit. */\n`,
    ...shapes,
    `/** What each operation takes and answers, by method and path below \`/v1\`. */\nexport interface Operations {\n${operations.join('\n')}\n}\n`,
  ].join('\n')
}

/** An interface wherever the shape is a map, so that messages of the compiler name it. */
function declare(name: string, schema: Schema): string {
  if (schema.properties) return `export interface ${name} ${print(schema)}\n`
  const references = schema.allOf?.filter((one) => one.$ref !== undefined) ?? []
  const own = schema.allOf?.filter((one) => one.$ref === undefined) ?? []
  if (own.length === 1 && own[0]?.properties)
    return `export interface ${name} extends ${references.map(print).join(', ')} ${print(own[0])}\n`
  return `export type ${name} = ${print(schema)}\n`
}

function print(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/components/schemas/', '')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(print).join(' | ')
  if (schema.allOf) return schema.allOf.map((one) => (one.anyOf ? `(${print(one)})` : print(one))).join(' & ')
  if (schema.items) return printList(print(schema.items))
  if (schema.properties) return printMap(schema)
  if (schema.patternProperties) return `Record<string, ${print(Object.values(schema.patternProperties)[0] ?? {})}>`
  if (Object.keys(schema).every((key) => key === 'description')) return 'unknown'
  if (schema.type === 'integer') return 'number'
  if (/^(string|number|boolean|null)$/.test(schema.type ?? '')) return schema.type ?? ''
  throw new Error(`scripts/describe-api.ts cannot print the schema ${JSON.stringify(schema)} as a type`)
}

function printList(item: string): string {
  return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`
}

function printMap(schema: Schema): string {
  const lines = Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const text = inner.description ?? inner.anyOf?.find((one) => one.description)?.description
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`
    return `${comment(text)}${key}${schema.required?.includes(name) ? '' : '?'}: ${print(inner)}`
  })
  return `{\n${lines.join('\n')}\n}`
}

function printOperation({ parameters, requestBody, responses }: Operation): string {
  const query = parameters.filter((one) => one.in === 'query')
  const body = requestBody && schemaOf(requestBody)
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400)
  const parts = [
    ...(query.length > 0 ? [`query: ${printMap(mapOf(query))}`] : []),
    ...(body ? [`body: ${print(body)}`] : []),
    `answer: ${[...new Set(answers.map(([, content]) => printAnswer(content)))].join(' | ')}`,
  ]
  return `{\n${parts.join('\n')}\n}`
}

function mapOf(parameters: Operation['parameters']): Schema {
  return {
    properties: Object.fromEntries(parameters.map((one) => [one.name, one.schema])),
    required: parameters.filter((one) => one.required).map((one) => one.name),
  }
}

function schemaOf({ content }: Content): Schema | undefined {
  return content && Object.values(content)[0]?.schema
}

function printAnswer(content: Content): string {
  const schema = schemaOf(content)
  return schema ? print(schema) : 'undefined'
}

function comment(text: string | undefined): string {
  return text ? `/** ${forReaders(text).replaceAll('*/', '* /')} */\n` : ''
}

/** The doc comments of the exported shapes, by name. */
function readComments(source: string): Map<string, string> {
  const { comments } = parseSync(shapesFile, source)
  const docs = comments.filter((one) => one.type === 'Block' && one.value.startsWith('*'))
  return new Map(
    docs.flatMap((one) => {
      const name = /^\s*export const (\w+)/.exec(source.slice(one.end))?.[1]
      return name
        ? [
            [
              name,
              one.value
                .slice(1)
                .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
                .trim(),
            ] as const,
          ]
        : []
    }),
  )
}
