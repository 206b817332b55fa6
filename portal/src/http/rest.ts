import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Callers } from '../apps/callers.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import { normaliseName } from '../rest/batch.ts'
import { mergeMaps, parseForm, type LooseMap } from '../rest/php.ts'
import { errorEnvelope, isoSeconds, successEnvelope, type Router } from '../rest/router.ts'
import { findToken, LargeBodies, receiveFile, type Limit, type ReceivedFile } from './body.ts'

/** A POST to an address that attachRecord gave out (contract 4.6, mode C). */
export interface UploadRequest {
  /** the parameters of that address */
  readonly token: string
  readonly auth: string
  /** Receives the file; call it after the address was checked, so that nobody else's bytes are read. The file is moved away or removed. */
  file(): Promise<ReceivedFile>
}

/** What REST needs. */
export interface RestParts {
  readonly router: Router
  readonly callers: Callers
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'bodies' | 'recordings' | 'rest' | 'dataDir'>
  /** answers `result`; refuses by PortalError */
  readonly onUpload: (upload: UploadRequest) => Promise<unknown>
  /** the token endpoint, which some clients look for below /rest (contract 7.1) */
  readonly onToken: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/** A method, called by a token or by a webhook's address. */
export interface MethodPath {
  readonly kind: 'method'
  /** lower-case, without `.json` */
  readonly name: string
  readonly webhook: { readonly userId: number; readonly token: string } | null
}

/** What a path below /rest asks for. */
export type RestPath = MethodPath | { readonly kind: 'upload' | 'token' } | { readonly kind: 'v3'; readonly path: string }

/** Reads a path in all the forms that clients use: doubled and trailing slashes, `.json`, a second `/rest` (contract 6.1, 7.1, 14.2). */
export function readRestPath(path: string): RestPath {
  const parts = path.split('/').filter(Boolean).map(decodePart)
  while (parts[0]?.toLowerCase() === 'rest') parts.shift()
  const [first = '', second = '', ...others] = parts
  if (first === 'oauth' && second === 'token') return { kind: 'token' }
  // the secret of a webhook is no part of the method that the refusal names
  if (first === 'api')
    return { kind: 'v3', path: (/^\d{1,15}$/.test(second) && others.length > 0 ? others.slice(1) : [second, ...others]).join('/') }
  if (/^\d{1,15}$/.test(first) && parts.length > 1)
    return { kind: 'method', name: normaliseName(others.join('/')), webhook: { userId: Number(first), token: second } }
  const name = normaliseName(parts.join('/'))
  return name === 'upload' ? { kind: 'upload' } : { kind: 'method', name, webhook: null }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A path as it may stand in a log: the secret of a webhook is masked. */
export function maskPath(path: string): string {
  return path.replace(/(\/rest\/+(?:rest\/+)?\d+\/+)[^/]+/i, '$1***')
}

/** Cross-origin calls come from app frames; they carry a token and never a cookie (contract 6.1). */
export function allowCrossOrigin(reply: FastifyReply): void {
  void reply
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header('access-control-allow-headers', 'Authorization, Content-Type, *')
    .header('access-control-max-age', '86400')
}

/** Is the address one of `/rest`? Whatever is wrong with a request there is answered in the contract's envelope. */
export function isRestRequest(request: FastifyRequest): boolean {
  return /^\/+rest(\/|$)/i.test(pathOf(request))
}

/** Refuses a request to `/rest` that never came to a method: an address that is no URL, a verb that is not served. */
export function refuseRest(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  allowCrossOrigin(reply)
  if (error instanceof PortalError && error.key === 'http_method') void reply.header('allow', 'GET, POST, OPTIONS')
  setRetryAfter(reply, error)
  const { status, body } = errorEnvelope(error, log)
  return sendJson(reply, status, body)
}

/** REST 3.0 has an envelope of its own (contract 6.8); none of its methods is served. */
function refuseV3(reply: FastifyReply, path: string): FastifyReply {
  const { status, code, message } = new PortalError('v3_method_not_found', { path: path.slice(0, 200) })
  return sendJson(reply, status, { error: { code, message } })
}

/** What can be tried again soon says when. */
export function setRetryAfter(reply: FastifyReply, error: unknown): void {
  const seconds = error instanceof PortalError ? error.details['retryAfterSeconds'] : undefined
  if (seconds !== undefined) void reply.header('retry-after', String(seconds))
}

/** Sends an envelope the way the original does. */
export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=UTF-8').send(JSON.stringify(body))
}

/** Methods whose parameters may hold a recording. The contract bans files from batches (6.5); connectors in the wild send theirs in one. */
const largeMethods = new Set(['telephony.externalcall.attachrecord', 'batch'])

/** How long a text may be that holds a recording of `maxBytes` in base64, with line breaks and percent-encoding, twice in a batch. */
function encodedBytes(maxBytes: number): number {
  return Math.ceil(maxBytes * 1.5) + 65_536
}

/** Serves `/rest/*` (contract 6). */
export function serveRest(server: FastifyInstance, parts: RestParts): void {
  const { router, callers, log, config } = parts
  const temporary = join(config.dataDir, 'tmp')
  const usual: Limit = { bytes: config.bodies.maxBytes, setting: 'bodies.maxBytes' }
  const recording: Limit = { bytes: encodedBytes(config.recordings.maxBytes), setting: 'recordings.maxBytes' }
  const bodies = new LargeBodies({ folder: temporary, usualBytes: usual.bytes })

  const callMethod = async (request: FastifyRequest, path: MethodPath): Promise<Record<string, unknown>> => {
    const query = parseForm(queryOf(request))
    const early = path.webhook
      ? await callers.ofWebhook(path.webhook.userId, path.webhook.token)
      : await earlyCaller(callers, request, query)
    const limit = largeMethods.has(path.name) ? recording : usual
    const admit = async (head: string): Promise<boolean> => {
      const token = findToken(head)
      return token !== null && (await callers.ofToken(token)) !== null
    }
    return bodies.use(request.raw, { limit, admit: early ? null : admit }, async (body) => {
      const caller = early ?? (await callerOf(callers, body))
      const { auth: _, access_token: __, ...sent } = mergeMaps(query, body)
      return successEnvelope(await router.request(path.name, sent, { caller, address: request.ip }))
    })
  }

  const takeUpload = async (request: FastifyRequest): Promise<Record<string, unknown>> => {
    const query = parseForm(queryOf(request))
    const [token, auth] = [query['token'], query['auth']]
    if (request.method !== 'POST' || typeof token !== 'string') throw new PortalError('upload_not_served')
    const startMs = parts.clock.now()
    let received: ReceivedFile | null = null
    try {
      const result = await parts.onUpload({
        token,
        auth: typeof auth === 'string' ? auth : '',
        async file() {
          const limit = { bytes: config.recordings.maxBytes, setting: 'recordings.maxBytes' }
          received = await receiveFile({
            contentType: request.headers['content-type'] ?? '',
            stream: request.raw,
            folder: temporary,
            limit,
          })
          return received
        },
      })
      return { result, time: timeBlock(startMs, parts.clock.now()) }
    } finally {
      const left = received as ReceivedFile | null
      if (left) await rm(left.path, { force: true })
    }
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    allowCrossOrigin(reply)
    if (request.method === 'OPTIONS') return reply.code(204).send()
    try {
      if (config.rest.requireHttps && request.protocol !== 'https') throw new PortalError('https_required')
      const path = readRestPath(pathOf(request))
      if (path.kind === 'token') return await parts.onToken(request, reply)
      if (path.kind === 'v3') return await refuseV3(reply, path.path)
      const envelope = path.kind === 'method' ? await callMethod(request, path) : await takeUpload(request)
      return await sendJson(reply, 200, envelope)
    } catch (error) {
      return refuseRest(reply, error, log)
    }
  }
  for (const url of ['/rest', '/rest/*']) server.route({ method: ['GET', 'POST', 'OPTIONS'], url, exposeHeadRoute: false, handler: answer })
}

/** The path of a request as it was sent; a client that takes us for its proxy names our origin before it. */
export function pathOf(request: FastifyRequest): string {
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? ''
  return path.replace(/^https?:\/\/[^/]*/i, '') || '/'
}

/** The query of a request as it was sent. */
export function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? ''
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

/** A caller that can be told before the body is read: by the query or the header. */
async function earlyCaller(callers: Callers, request: FastifyRequest, query: LooseMap): Promise<Caller | null> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const token = query['auth'] ?? query['access_token'] ?? bearer
  if (typeof token === 'string' && token !== '') return callers.ofToken(token)
  if (request.method !== 'POST') throw new PortalError('no_auth_found')
  return null
}

/** `auth` is the documented name; clients of the first years send `access_token`. */
async function callerOf(callers: Callers, body: LooseMap): Promise<Caller> {
  const auth = body['auth'] ?? body['access_token']
  if (typeof auth !== 'string' || auth === '') throw new PortalError('no_auth_found')
  return callers.ofToken(auth)
}

function timeBlock(startMs: number, finishMs: number): Record<string, unknown> {
  const seconds = (finishMs - startMs) / 1000
  return {
    start: startMs / 1000,
    finish: finishMs / 1000,
    duration: seconds,
    processing: seconds,
    date_start: isoSeconds(startMs),
    date_finish: isoSeconds(finishMs),
    operating_reset_at: Math.floor(startMs / 1000) + 600,
    operating: seconds,
  }
}
