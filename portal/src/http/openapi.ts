import type { Route } from './api/route.ts'
import * as shapes from './api/schemas.ts'

/**
 * The description of the own API, made from its rows (OpenAPI 3.1; TypeBox schemas are JSON Schema). What `schemas.ts` names stands
 * once, under `components`.
 */
export function openApiDocument(routes: readonly Route[], publicUrl: string): Record<string, unknown> {
  const named = Object.entries(shapes).flatMap(([name, shape]) => (typeof shape === 'function' ? [] : [[name, plain(shape)] as const]))
  const nameOf = new Map(named.map(([name, shape]) => [JSON.stringify(shape), name]))
  const paths: Record<string, Record<string, unknown>> = {}
  for (const row of routes) {
    const path = row.path.replace(/:(\w+)/g, '{$1}')
    ;(paths[path] ??= {})[row.method.toLowerCase()] = withReferences(plain(operationOf(row)), nameOf)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hookswitch',
      version: '1',
      description: "The portal's own API, used by its web pages. Sessions are cookies of POST /session.",
    },
    servers: [{ url: `${publicUrl}/v1` }],
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'hookswitch_session' } },
      schemas: Object.fromEntries(named.map(([name, shape]) => [name, referencesInside(shape, nameOf)])),
    },
    paths: { ...paths, ...streams },
  }
}

/** As it goes out: without the marks that TypeBox keeps for itself. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function withReferences(value: unknown, nameOf: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const name = nameOf.get(JSON.stringify(value))
  return name === undefined ? referencesInside(value, nameOf) : { $ref: `#/components/schemas/${name}` }
}

function referencesInside(value: unknown, nameOf: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => withReferences(inner, nameOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReferences(inner, nameOf)]))
}

const signedIn = { security: [{ session: [] }], 'x-access': 'user' }
const refusal = { description: 'a refusal', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }

/** What is no JSON, and so no row of the routes. */
const streams = {
  '/live': {
    get: {
      summary:
        'Server-sent events `changed` with `{"names": […]}`: what has changed and is to be fetched again (`calls`, `call:CALL_ID`, `deliveries` …; `*`: everything). A comment comes every 15 seconds.',
      ...signedIn,
      parameters: [
        {
          name: 'Last-Event-ID',
          in: 'header',
          required: false,
          description: 'the last event that was seen: what came since then follows',
          schema: { type: 'string' },
        },
      ],
      responses: { 200: { description: 'a stream', content: { 'text/event-stream': { schema: { type: 'string' } } } }, default: refusal },
    },
  },
  '/recordings/{id}': {
    get: {
      summary: 'The sound of a recording, whole or in ranges (RFC 9110, 14).',
      ...signedIn,
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'Range', in: 'header', required: false, schema: { type: 'string' } },
      ],
      responses: {
        200: { description: 'the file' },
        206: { description: 'a range' },
        416: { description: 'no such range' },
        default: refusal,
      },
    },
  },
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A request that is repeated under the same key within 24 hours is done once; the repetition gets the first answer. Another body under the key is refused with 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function operationOf(row: Route): Record<string, unknown> {
  const inPath = [...row.path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const query: { properties?: Record<string, unknown>; required?: readonly string[] } | undefined = row.query
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query?.required?.includes(name) === true,
    schema,
  }))
  const answers = Object.entries(row.answers).map(([status, schema]) => [
    status,
    { description: Number(status) < 400 ? 'done' : 'refused', ...(schema && { content: { 'application/json': { schema } } }) },
  ])
  return {
    summary: row.about,
    ...(row.access === 'public' ? { security: [] } : { security: [{ session: [] }], 'x-access': row.access }),
    parameters: [...inPath, ...inQuery, ...(row.method === 'POST' && row.access !== 'public' ? [idempotencyKey] : [])],
    ...(row.body && { requestBody: { required: true, content: { 'application/json': { schema: row.body } } } }),
    responses: {
      ...Object.fromEntries(answers),
      default: { description: 'a refusal', content: { 'application/problem+json': { schema: shapes.Problem } } },
    },
  }
}
