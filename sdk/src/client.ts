import { batchAnswers, batchParams, type BatchAnswer, type BatchCommand } from './batch.ts'
import type { MethodName, PortalMethods } from './contract.ts'
import { PortalRefusal, PortalUnreachable } from './errors.ts'
import type { MethodParams } from './method-params.ts'
import { refreshTokens, type AppCredentials, type Tokens } from './tokens.ts'

/** Who calls: an incoming webhook by its URL, or an installed app by its tokens. */
export type PortalAccess =
  | { readonly webhookUrl: string }
  | {
      readonly app: AppCredentials
      readonly tokens: Tokens
      /** Called with each new pair before any call goes on with it. Make it durable: the old refresh token is dead. */
      readonly saveTokens: (tokens: Tokens) => void | Promise<void>
    }

/** Settings of a client. The last four are for tests and for those who know their portal. */
export interface ClientSettings {
  /** For one request, all of it. 30 s unless told. */
  readonly timeoutMs?: number
  /** How often a call that the portal put off (503 QUERY_LIMIT_EXCEEDED, 429) is sent again. 4 unless told. */
  readonly maxRetries?: number
  readonly fetch?: typeof fetch
  readonly now?: () => number
  readonly sleep?: (ms: number) => Promise<void>
  readonly random?: () => number
}

/** A file to upload. A `Blob` of `fs.openAsBlob` is streamed from disk. */
export interface Upload {
  readonly fileName: string
  readonly content: Blob
}

/** Wire name of a method whose parameters have types here. */
export type KnownMethodName = MethodName | keyof MethodParams

/** Its parameters have types, its result has not. */
type UntypedMethodName = Exclude<keyof MethodParams, MethodName>

/** What {@link PortalMethods} says, and whatever else the portal reads. */
type CheckedParams<M extends MethodName> = PortalMethods[M]['params'] & (M extends keyof MethodParams ? Optional<MethodParams[M]> : unknown)

/** Known names have their types; others are passed on, for instance filters that some methods take beside their parameters. */
type LooseParams<M extends keyof MethodParams> =
  Partial<MethodParams[M]> extends MethodParams[M] ? [params?: EitherCase<MethodParams[M]>] : [params: EitherCase<MethodParams[M]>]

type EitherCase<P> = (P | LowerCase<P>) & Optional<P> & Readonly<Record<string, unknown>>

type Optional<P> = Partial<P> & Partial<LowerCase<P>>

type LowerCase<P> = { readonly [K in keyof P as K extends string ? Lowercase<K> : K]: P[K] }

/** REST client of one portal (contract 6). All its functions throw {@link PortalRefusal} or {@link PortalUnreachable}. */
export interface PortalClient {
  /**
   * Calls one method and answers its `result`. Parameters go as a JSON body. Those of the methods that Hookswitch has are checked by the
   * compiler, in upper or in lower case; any other method can be called too.
   */
  call<M extends MethodName>(method: M, params: CheckedParams<M>): Promise<PortalMethods[M]['result']>
  call<M extends UntypedMethodName>(method: M, ...params: LooseParams<M>): Promise<unknown>
  call<M extends string>(method: M extends KnownMethodName ? never : M, params?: Readonly<Record<string, unknown>>): Promise<unknown>
  /**
   * Runs up to 50 commands in one request, in order. A parameter may hold `$result[key][field]` of an earlier command (contract 6.5).
   * A refused command is an answer, not an exception; with `halt` the ones after it are `skipped`.
   */
  batch<K extends string>(
    commands: Readonly<Record<K, BatchCommand>>,
    options?: { readonly halt?: boolean },
  ): Promise<Readonly<Record<K, BatchAnswer>>>
  /** Attaches a recording (wav or mp3) to a finished call in two steps: asks for an upload URL, posts the file there (contract 4.6, mode C). */
  attachRecord(callId: string, file: Upload): Promise<unknown>
  /** Posts a file as multipart to an URL that the portal gave. Answers `result` of the reply. */
  upload(uploadUrl: string, fieldName: string, file: Upload): Promise<unknown>
}

interface Envelope {
  readonly result?: unknown
  readonly error?: string | number
  readonly error_description?: string
}

interface Reply {
  readonly status: number
  readonly retryAfter: string | null
  readonly envelope: Envelope
}

const REFRESH_ON = new Set(['expired_token', 'invalid_token'])
const LONGEST_WAIT_MS = 60_000

/**
 * Makes a client of one portal. An app's client refreshes its tokens when the portal says that they expired, once, however many calls
 * are under way; a call that the portal put off is sent again after `Retry-After`, or after a growing pause with jitter. Nothing else is
 * retried: only the caller knows whether a second try is safe.
 */
export function createPortalClient(access: PortalAccess, settings: ClientSettings = {}): PortalClient {
  const send = settings.fetch ?? fetch
  const sleep = settings.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
  const random = settings.random ?? Math.random
  const timeoutMs = settings.timeoutMs ?? 30_000
  const session = 'app' in access ? createSession(access, settings) : undefined
  const base = 'app' in access ? access.tokens.clientEndpoint : access.webhookUrl

  async function exchange(method: string, url: string, init: RequestInit): Promise<Reply> {
    let response: Response
    let text: string
    try {
      response = await send(url, { ...init, method: 'POST', redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
      text = await response.text()
    } catch (cause) {
      throw new PortalUnreachable(method, reasonOf(cause), { cause })
    }
    const envelope = parseEnvelope(text)
    if (!envelope) throw new PortalUnreachable(method, `status ${response.status} without JSON`, { status: response.status })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), envelope }
  }

  async function withPatience(method: string, params: unknown, once: () => Promise<Reply>): Promise<unknown> {
    const maxRetries = settings.maxRetries ?? 4
    for (let retry = 0; ; retry++) {
      const reply = await once()
      const refusal = refusalOf(reply, method, params)
      if (!refusal) return reply.envelope.result
      const isPutOff = refusal.status === 429 || (refusal.status === 503 && refusal.code === 'QUERY_LIMIT_EXCEEDED')
      const waitMs = readRetryAfter(reply.retryAfter, (settings.now ?? Date.now)()) ?? 500 * 2 ** retry * (0.75 + random() / 2)
      if (!isPutOff || retry >= maxRetries || waitMs > LONGEST_WAIT_MS) throw refusal
      await sleep(waitMs)
    }
  }

  async function post(method: string, params: Readonly<Record<string, unknown>>): Promise<Reply> {
    const url = `${base.replace(/\/+$/, '')}/${method}`
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    if (!session) return exchange(method, url, { headers, body: JSON.stringify(params) })
    const used = session.accessToken()
    const reply = await exchange(method, url, { headers, body: JSON.stringify({ ...params, auth: used }) })
    if (reply.status !== 401 || !REFRESH_ON.has(String(reply.envelope.error))) return reply
    const fresh = await session.refresh(used)
    return exchange(method, url, { headers, body: JSON.stringify({ ...params, auth: fresh }) })
  }

  const call = (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    withPatience(method, params, () => post(method, params))

  async function upload(uploadUrl: string, fieldName: string, file: Upload): Promise<unknown> {
    return withPatience('upload', { fileName: file.fileName }, () => {
      const form = new FormData()
      form.append(fieldName, file.content, file.fileName)
      return exchange('upload', uploadUrl, { body: form })
    })
  }

  return {
    call,
    upload,
    async batch(commands, options = {}) {
      const result = await call('batch', batchParams(commands, options.halt ?? false))
      return batchAnswers(commands, result)
    },
    async attachRecord(callId, file) {
      const slot = (await call('telephony.externalCall.attachRecord', {
        CALL_ID: callId,
        FILENAME: file.fileName,
      })) as PortalMethods['telephony.externalCall.attachRecord']['result']
      return upload(slot.uploadUrl, slot.fieldName, file)
    },
  }
}

/** Holds the tokens of an app; whoever finds them expired waits for the one refresh that is under way. */
function createSession(access: Extract<PortalAccess, { app: AppCredentials }>, settings: ClientSettings) {
  let tokens = access.tokens
  let underWay: Promise<void> | undefined

  async function renew(): Promise<void> {
    tokens = await refreshTokens(access.app, tokens, settings)
    await access.saveTokens(tokens)
  }

  return {
    accessToken: () => tokens.accessToken,
    /** `used` is the token that was refused: if another call has replaced it meanwhile, nothing is asked. */
    async refresh(used: string): Promise<string> {
      if (used === tokens.accessToken) underWay ??= renew().finally(() => (underWay = undefined))
      if (underWay) await underWay
      return tokens.accessToken
    },
  }
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && ('result' in value || 'error' in value) ? (value as Envelope) : undefined
  } catch {
    return undefined
  }
}

/** Some refusals come with 200, some codes are empty, and `0` means none (contract 6.2). */
function refusalOf(reply: Reply, method: string, params: unknown): PortalRefusal | undefined {
  const { error, error_description: description = '' } = reply.envelope
  if (error === undefined && reply.status < 400) return undefined
  const code = error === undefined || String(error) === '0' ? '' : String(error)
  return new PortalRefusal({ code, description, status: reply.status, method, params })
}

function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}
