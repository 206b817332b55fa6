import { randomBytes } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Caller } from '../caller.ts'
import type { SignIn } from '../directory/sign-in.ts'
import { webCaller } from '../directory/users.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import { ApiAnswer, type ApiCall, type Route } from './api/route.ts'
import { parseJson, readBytes, type Limit } from './body.ts'
import type { Idempotency } from './idempotency.ts'
import { openApiDocument } from './openapi.ts'
import { refuseForeign } from './origin.ts'
import { userOfRequest } from './sessions.ts'

/** What the own API needs. */
export interface OwnApiParts {
  readonly routes: readonly Route[]
  readonly signIn: Pick<SignIn, 'userOf'>
  readonly publicUrl: string
  readonly maxBodyBytes: number
  readonly idempotency: Idempotency
  readonly log: Log
}

/** Serves the rows below `/v1` and their description at `/v1/openapi.json` (design 11.14). */
export function serveOwnApi(server: FastifyInstance, parts: OwnApiParts): void {
  for (const row of parts.routes) server.route({ method: row.method, url: `/v1${row.path}`, handler: handlerOf(row, parts) })
  let document: string | null = null
  server.route({
    method: 'GET',
    url: '/v1/openapi.json',
    handler(_, reply) {
      document ??= JSON.stringify(openApiDocument(parts.routes, parts.publicUrl))
      return reply.header('content-type', 'application/json; charset=UTF-8').send(document)
    },
  })
}

/** Refuses foreign pages; to be asked before anything else that works by a session. */
export function refuseForeignRequest(request: FastifyRequest, publicUrl: string): void {
  refuseForeign({ method: request.method, headers: request.headers, protocol: request.protocol, host: request.host, publicUrl })
}

function handlerOf(row: Route, parts: OwnApiParts): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  const query = row.query && checked(row.query, 'query')
  const body = row.body && checked(row.body, 'body')
  const limit: Limit = { bytes: parts.maxBodyBytes, setting: 'bodies.maxBytes' }
  return async (request, reply) => {
    try {
      refuseForeignRequest(request, parts.publicUrl)
      const caller = await callerOf(row, parts.signIn, request)
      const call = {
        caller,
        params: request.params,
        query: query ? query(request.query, true) : {},
        body: body ? body(await readJson(request, limit), false) : undefined,
        headers: request.headers,
        address: request.ip,
        isHttps: request.protocol === 'https',
      }
      const run = async (): Promise<ApiAnswer> => answerOf(row, await row.run(call as unknown as ApiCall<never, never>))
      const key = request.headers['idempotency-key']
      if (row.method !== 'POST' || caller === undefined || typeof key !== 'string') return await send(reply, row, await run())
      const repeatable = { caller, key, request: `${row.method} ${request.url} ${JSON.stringify(call.body ?? null)}` }
      return await send(reply, row, await parts.idempotency.once(repeatable, run))
    } catch (error) {
      return sendProblem(reply, error, parts.log)
    }
  }
}

async function callerOf(row: Route, signIn: Pick<SignIn, 'userOf'>, request: FastifyRequest): Promise<Caller | undefined> {
  if (row.access === 'public') return undefined
  const user = await userOfRequest(signIn, request)
  if (!user) throw new PortalError('not_signed_in')
  if (row.access === 'admin' && user.is_admin === 0) throw new PortalError('admin_only')
  return webCaller(user)
}

/**
 * Reads what the schema knows of a value. `loose`, of a query: text may stand for numbers and booleans. What is unknown falls away, but not in a query nor in a
 * closed map (`additionalProperties: false`): a filter with a wrong name in it would mean more than its sender does. Compiled when it is first needed: a
 * start does not wait for it.
 */
function checked(schema: TSchema, where: string): (value: unknown, loose: boolean) => unknown {
  let compiled: ReturnType<typeof Compile> | null = null
  return (value, loose) => {
    const validator = (compiled ??= Compile(schema))
    const isKnown = holdsOnlyKnown(schema, value)
    if (!isKnown) refuseUnknown(schema, value, { where, isClosed: loose })
    // cleaning walks the schema anew each time; what holds nothing unknown needs none
    const cleaned: unknown = !loose && isKnown ? value : validator.Clean(loose ? validator.Convert(value) : value)
    if (validator.Check(cleaned)) return bounded(cleaned, where)
    const [problem] = validator.Errors(cleaned)
    const name = problem?.instancePath.slice(1).replaceAll('/', '.')
    throw new PortalError('invalid_input', {
      problem: `${where}${name ? ` ${name}` : ''}: ${allowedAt(schema, problem?.instancePath) ?? problem?.message ?? 'is not what is expected'}`,
    })
  }
}

/** Of a value that is one of a few: which. */
function allowedAt(schema: TSchema, path = ''): string | null {
  type Inner = Readonly<{ properties?: Record<string, TSchema>; anyOf?: readonly { const?: unknown }[] }>
  const at = path
    .split('/')
    .slice(1)
    .reduce<Inner | undefined>((inner, name) => inner?.properties?.[name], schema as Inner)
  const values = at?.anyOf?.map((one) => one.const) ?? []
  return values.length > 0 && !values.includes(undefined) ? `must be one of ${values.join(', ')}` : null
}

/** Names the first key that a closed map does not have, and those that it has. */
function refuseUnknown(schema: TSchema, value: unknown, { where, isClosed }: { where: string; isClosed: boolean }): void {
  const { properties, additionalProperties } = schema as Readonly<{ properties?: Record<string, TSchema>; additionalProperties?: unknown }>
  if (!properties || typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (known) refuseUnknown(known, inner, { where: `${where} ${name}`, isClosed: false })
    else if (isClosed || additionalProperties === false) {
      const problem = `${where} ${name.slice(0, 60)} is not known; known are ${Object.keys(properties).join(', ')}`
      throw new PortalError('invalid_input', { problem })
    }
  }
}

/** Is every key of a value, however deep, one that its schema names? Schemas of other kinds than objects of plain values say no. */
function holdsOnlyKnown(schema: TSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const { properties } = schema as { properties?: Readonly<Record<string, TSchema>> }
  if (!properties || Array.isArray(value)) return false
  return Object.entries(value).every(([name, inner]) => Object.hasOwn(properties, name) && holdsOnlyKnown(properties[name]!, inner))
}

/** Ids, times and counts end at 2^53: what is beyond fits no column. */
function bounded(value: unknown, where: string): unknown {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new PortalError('invalid_input', { problem: `${where}: ${value} is out of range` })
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) bounded(inner, where)
  return value
}

async function readJson(request: FastifyRequest, limit: Limit): Promise<unknown> {
  const bytes = await readBytes(request.raw, limit)
  if (bytes.length === 0) return {}
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw new PortalError('json_only')
  return parseJson(bytes.toString('utf8'))
}

/** A plain value gets the first status of its row. */
function answerOf(row: Route, answer: unknown): ApiAnswer {
  return answer instanceof ApiAnswer ? answer : new ApiAnswer(Number(Object.keys(row.answers)[0] ?? 200), answer)
}

function send(reply: FastifyReply, row: Route, { status, body, headers }: ApiAnswer): FastifyReply {
  void reply.code(status).header('cache-control', 'no-store').headers(headers)
  if (body instanceof Readable || Buffer.isBuffer(body)) return reply.send(body)
  if (body === null || body === undefined || row.answers[status] === null) return reply.send()
  if (!reply.hasHeader('content-type'))
    void reply.header('content-type', status >= 400 ? 'application/problem+json' : 'application/json; charset=UTF-8')
  return reply.send(JSON.stringify(body))
}

/** A refusal, or a bug under a reference, as RFC 9457 has it; `code` is the key of the error table. */
export function sendProblem(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  let refusal: PortalError
  if (error instanceof PortalError) refusal = error
  else {
    const ref = randomBytes(4).toString('hex')
    log.error({ err: error, ref }, 'a request failed by a bug')
    refusal = new PortalError('internal', { ref })
  }
  const { retryAfterSeconds } = refusal.details
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[refusal.status] ?? 'Refused',
    status: refusal.status,
    code: refusal.key,
    detail: refusal.message,
    ...refusal.details,
  }
  return reply
    .code(refusal.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem))
}
