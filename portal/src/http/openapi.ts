import type { Route } from './api/route.ts'
import { Problem } from './api/schemas.ts'

/** The description of the own API, made from its rows (OpenAPI 3.1; TypeBox schemas are JSON Schema). */
export function openApiDocument(routes: readonly Route[], publicUrl: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const row of routes) {
    const path = row.path.replace(/:(\w+)/g, '{$1}')
    ;(paths[path] ??= {})[row.method.toLowerCase()] = operationOf(row)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hookswitch',
      version: '1',
      description: "The portal's own API, used by its web pages. Sessions are cookies of POST /session.",
    },
    servers: [{ url: `${publicUrl}/v1` }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'hookswitch_session' } } },
    paths,
  }
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
    parameters: [...inPath, ...inQuery],
    ...(row.body && { requestBody: { required: true, content: { 'application/json': { schema: row.body } } } }),
    responses: {
      ...Object.fromEntries(answers),
      default: { description: 'a refusal', content: { 'application/problem+json': { schema: Problem } } },
    },
  }
}
