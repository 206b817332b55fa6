import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { talkSeconds, type Call } from '../call.ts'
import { DIALABLE } from '../clicks.ts'
import type { Clock } from '../clock.ts'
import type { Handset, Handsets, Press } from './handsets.ts'
import type { LegName } from '../pbx.ts'

/** One call as the page draws it. Times are milliseconds since 1970. */
export interface CallView {
  readonly callId: string
  readonly direction: 'out' | 'in'
  readonly state: Call['state']
  readonly number: string
  readonly clientName: string
  readonly agentName: string
  readonly extension: string
  readonly line: string
  readonly receivedAt: number
  readonly talkingAt: number | null
  readonly endedAt: number | null
  readonly talkSeconds: number
  readonly statusCode: string | null
  readonly failedReason: string | null
  readonly isRecorded: boolean
  readonly note: string | null
  readonly agent: Handset
  readonly client: Handset
}

/** All that the page draws; sent whole at each change. */
export interface PageView {
  readonly now: number
  readonly isInstalled: boolean
  readonly portalUrl: string
  readonly calls: readonly CallView[]
  readonly notice: { readonly text: string; readonly at: number } | null
}

/** What the page is made of. `origins` are the addresses by which a browser may have come here. */
export interface PageParts {
  readonly app: App
  readonly handsets: Handsets
  readonly portalUrl: string
  readonly origins: () => readonly string[]
  readonly clock: Clock
}

/** The page of the demo phone and its small API; answers false when the address is not one of its own. */
export interface Page {
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean
  close(): void
}

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/words.js': { name: 'words.js', type: 'text/javascript; charset=utf-8' },
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const CALLS_SHOWN = 12
const MAX_BODY_BYTES = 2_000
const PING_EVERY_MS = 15_000

/**
 * Makes the page. Its API answers only this very page: exact Host (a foreign name that resolves here gets 421), and for everything that acts
 * the page's own Origin and JSON; a request that a foreign page caused says so in Sec-Fetch-Site and is refused.
 */
export function createPage(parts: PageParts): Page {
  const files = new Map(
    Object.entries(FILES).map(([path, { name, type }]) => [path, { type, body: readFileSync(join(import.meta.dirname, 'page', name)) }]),
  )
  const streams = new Set<ServerResponse>()
  let isDrawn = true

  const stops = [parts.app.onChange(scheduleDraw), parts.handsets.onChange(scheduleDraw)]
  let cancelPing = parts.clock.after(PING_EVERY_MS, ping)

  function scheduleDraw(): void {
    if (!isDrawn) return
    isDrawn = false
    setImmediate(() => {
      isDrawn = true
      if (streams.size === 0) return
      const text = drawEvent(parts)
      for (const stream of streams) stream.write(text)
    })
  }

  function ping(): void {
    for (const stream of streams) stream.write(': here\n\n')
    cancelPing = parts.clock.after(PING_EVERY_MS, ping)
  }

  function openStream(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
    response.write(`retry: 1000\n\n${drawEvent(parts)}`)
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  function serve(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const file = files.get(path)
    const isApi = path === '/api/live' || path === '/api/press' || path === '/api/incoming'
    if (!file && !isApi) return false
    const refusal = refusalOf(request, parts.origins(), isApi)
    if (refusal) end(response, refusal.status, { error: refusal.text })
    else if (file) response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.body)
    else if (path === '/api/live') openStream(response)
    else void act(request, response, path)
    return true
  }

  async function act(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const body = await readJson(request)
    if (path === '/api/incoming') {
      const number = body?.['number']
      if (typeof number !== 'string' || !DIALABLE.test(number)) return end(response, 400, { error: 'number: 2 to 20 digits' })
      parts.handsets.callIn(number)
      return end(response, 202, {})
    }
    const order = readPress(body)
    if (!order) return end(response, 400, { error: 'callId, leg and press are needed' })
    const isDone = parts.handsets.press(order.callId, order.leg, order.press)
    return end(response, isDone ? 200 : 409, isDone ? {} : { error: 'this button does nothing now' })
  }

  return {
    serve,
    close() {
      for (const stop of stops) stop()
      cancelPing()
      for (const stream of streams) stream.end()
    },
  }
}

/** What the page shows now. */
export function drawPage({ app, handsets, portalUrl, clock }: Omit<PageParts, 'origins'>): PageView {
  return {
    now: clock.now(),
    isInstalled: app.isInstalled(),
    portalUrl,
    calls: app.recentCalls(CALLS_SHOWN).map((call) => drawCall(call, handsets)),
    notice: app.lastNotice() ?? null,
  }
}

function drawEvent(parts: PageParts): string {
  return `data: ${JSON.stringify(drawPage(parts))}\n\n`
}

function drawCall(call: Call, handsets: Handsets): CallView {
  const gone: Handset = { state: 'ended', since: call.endedAt ?? call.receivedAt }
  const { agent, client } = handsets.pair(call.callId) ?? { agent: gone, client: gone }
  return {
    callId: call.callId,
    direction: call.direction,
    state: call.state,
    number: call.number,
    clientName: call.clientName,
    agentName: call.agentName,
    extension: call.extension,
    line: call.line,
    receivedAt: call.receivedAt,
    talkingAt: call.talkingAt ?? null,
    endedAt: call.endedAt ?? null,
    talkSeconds: talkSeconds(call),
    statusCode: call.statusCode ?? null,
    failedReason: call.failedReason ?? null,
    isRecorded: call.isRecorded ?? false,
    note: call.note ?? null,
    agent,
    client,
  }
}

function refusalOf(request: IncomingMessage, origins: readonly string[], isApi: boolean): { status: number; text: string } | undefined {
  const hosts = origins.map((origin) => new URL(origin).host)
  if (!hosts.includes(request.headers.host ?? '')) return { status: 421, text: 'not an address of this page' }
  const isActing = request.url?.startsWith('/api/live') === false && isApi
  if (request.method !== (isActing ? 'POST' : 'GET')) return { status: 405, text: 'wrong method' }
  if (!isApi) return undefined
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return { status: 403, text: 'only this page may ask that' }
  const { origin } = request.headers
  if (origin === undefined ? isActing : !origins.includes(origin) || new URL(origin).host !== request.headers.host)
    return { status: 403, text: 'only this page may ask that' }
  if (isActing && request.headers['content-type'] !== 'application/json') return { status: 415, text: 'application/json' }
  return undefined
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text = ''
  try {
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk
      if (text.length > MAX_BODY_BYTES) return undefined
    }
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function readPress(body: Readonly<Record<string, unknown>> | undefined): { callId: string; leg: LegName; press: Press } | undefined {
  const { callId, leg, press } = body ?? {}
  if (typeof callId !== 'string' || (leg !== 'agent' && leg !== 'client')) return undefined
  if (press !== 'answer' && press !== 'decline' && press !== 'busy' && press !== 'hangup') return undefined
  return { callId, leg, press }
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(body))
}
