import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { ariOperations, type AriOperations } from './ari-types.ts'

/** Where Asterisk's REST interface is, and who asks. `url` is the origin, e.g. `http://127.0.0.1:8088`. */
export interface AriAccess {
  readonly url: string
  readonly user: string
  readonly password: string
}

/** Asterisk answered with a refusal. 404: there is none; 409: it is there already; 422: it cannot be done. */
export class AriRefusal extends Error {
  override readonly name = 'AriRefusal'
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

/** There is no such thing on the PBX, or not any more. */
export function isGone(error: unknown): boolean {
  return error instanceof AriRefusal && error.status === 404
}

/** False when Asterisk says that it is not there. */
export async function isThere(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

/** Forgives that the thing is gone. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isGone(error)) throw error
  })
}

/** Forgives 409: the thing is there already, by an order of ours that was forgotten or whose reply was lost. Then `adopt` is done. */
export async function unlessThere(work: Promise<unknown>, adopt?: () => Promise<unknown>): Promise<void> {
  await work.catch(async (error: unknown) => {
    if (!(error instanceof AriRefusal) || error.status !== 409) throw error
    await adopt?.()
  })
}

/** Asks Asterisk. Rejects with {@link AriRefusal}, or with what the network says; never waits longer than 10 s for an answer. */
export interface AriClient {
  call<Name extends keyof AriOperations>(name: Name, params: AriOperations[Name]['params']): Promise<AriOperations[Name]['result']>
  /** The body of a `GET`, for files: nothing is kept in memory. Rejects like `call`. */
  open(path: string): Promise<IncomingMessage>
  close(): void
}

/**
 * Asterisk serves at most `sessionlimit` (100) HTTP sessions and keeps idle ones for 15 s: without a cap, 50 hang-ups at once left 8 channels
 * standing (pbx 2).
 */
const SOCKETS = 8
const TIMEOUT_MS = 10_000

/** Makes a client; it keeps up to 8 connections alive. */
export function createAriClient(access: AriAccess): AriClient {
  const isTls = access.url.startsWith('https:')
  const options = { keepAlive: true, maxSockets: SOCKETS, timeout: TIMEOUT_MS }
  const agent = isTls ? new HttpsAgent(options) : new HttpAgent(options)
  const request = isTls ? httpsRequest : httpRequest
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`

  /** One exchange; `again` is for a kept connection that Asterisk closed in the moment in which it was used. */
  function send(method: string, path: string, body: string | undefined, again = true): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      }
      const outgoing = request(`${access.url}/ari${path}`, { method, headers, agent, timeout: TIMEOUT_MS }, resolve)
      outgoing.on('timeout', () => outgoing.destroy(new Error(`Asterisk did not answer within ${TIMEOUT_MS / 1000} s`)))
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        // Every order names its own ids, so one that arrived after all is answered 409, not done twice.
        if (again && isStale) send(method, path, body, false).then(resolve, reject)
        else reject(error)
      })
      outgoing.end(body)
    })
  }

  async function exchange(method: string, path: string, body?: string): Promise<IncomingMessage> {
    const answer = await send(method, path, body)
    const status = answer.statusCode ?? 0
    if (status >= 200 && status < 300) return answer
    throw new AriRefusal(status, `Asterisk: ${wordsOf(await readText(answer)) || `HTTP ${status}`} (${method} ${path.replace(/\?.*/, '')})`)
  }

  return {
    async call(name, params) {
      const { method, path, body } = targetOf(name, params)
      const text = await readText(await exchange(method, path, body))
      return (text ? JSON.parse(text) : undefined) as AriOperations[typeof name]['result']
    },
    open: (path) => exchange('GET', path),
    close: () => agent.destroy(),
  }
}

function targetOf(name: keyof AriOperations, params: Readonly<Record<string, unknown>>) {
  const operation = ariOperations[name]
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(textOf(params[key])))
  const query = new URLSearchParams()
  for (const key of operation.query) if (params[key] !== undefined) query.set(key, textOf(params[key]))
  const body = Object.fromEntries(operation.body.flatMap((key) => (params[key] === undefined ? [] : [[key, params[key]]])))
  return {
    method: operation.method,
    path: query.size > 0 ? `${path}?${query.toString()}` : path,
    body: Object.keys(body).length > 0 ? JSON.stringify(body) : undefined,
  }
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Asterisk says `{"message": "…"}`, or a page of HTML when it is not ready. */
function wordsOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}
