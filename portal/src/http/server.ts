import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Callers } from '../apps/callers.ts'
import type { OAuth } from '../apps/oauth.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { SignIn } from '../directory/sign-in.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Router } from '../rest/router.ts'
import type { Route } from './api/route.ts'
import type { Idempotency } from './idempotency.ts'
import type { Live } from './live.ts'
import type { Metrics } from './metrics.ts'
import { serveOAuth, tokenEndpoint } from './oauth.ts'
import { refuseForeignRequest, sendProblem, serveOwnApi } from './own-api.ts'
import { asksForWebSocket, servePhoneSocket, type PhoneSocketParts } from './phone-socket.ts'
import { isRestRequest, maskPath, pathOf, refuseRest, serveRest, type UploadRequest } from './rest.ts'
import { readSessionToken, userOfRequest } from './sessions.ts'
import type { TlsFiles } from './tls.ts'
import { serveWeb, webFolder } from './web.ts'

/** Everything that the HTTP side of the portal is made of. */
export interface ServerParts {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly router: Router
  readonly callers: Callers
  readonly oauth: OAuth
  readonly signIn: SignIn
  readonly routes: readonly Route[]
  readonly live: Live
  readonly idempotency: Idempotency
  readonly metrics: Metrics
  /** a POST to an address of attachRecord */
  readonly onUpload: (upload: UploadRequest) => Promise<unknown>
  /** is this the origin of an app's page? */
  readonly isFramed: (origin: string) => Promise<boolean>
  /** the way of the browser phones' signalling; without it there is none */
  readonly phoneSocket?: Pick<PhoneSocketParts, 'socketOf' | 'blockedAddress'>
  /** null when the portal can do its work, else why not; asked by /readyz */
  readonly unreadyReason: () => Promise<string | null>
  /** folder of the built web; tests give another */
  readonly webFolder?: string
  /** adds routes of development; called before the server listens */
  readonly extend?: (server: FastifyInstance) => void
}

/** A portal that can be spoken to. */
export interface PortalServer {
  /** Opens the listeners; answers their addresses with the real ports, and lines for the terminal. */
  listen(): Promise<{ readonly addresses: readonly string[]; readonly advice: readonly string[] }>
  /** Takes no new requests, ends live streams, waits for what is under way. */
  close(): Promise<void>
}

/** keep-alive of the connections of proxies and SDKs; they close theirs after 60 s or so */
const keepAliveMs = 120_000
/** Address and headers together: PHP's CRest calls a webhook by GET only, a batch of fifty commands too. */
const maxHeadBytes = 64 * 1024

/** Without https its library is not loaded: that is a tenth of a start. */
async function openTls(tls: NonNullable<Config['tls']>, { config, clock }: ServerParts): Promise<TlsFiles & { advice: string[] }> {
  const { loadTls, trustAdvice } = await import('./tls.ts')
  const files = await loadTls({ tls, dataDir: config.dataDir, publicUrl: config.publicUrl, clock })
  return { ...files, advice: files.caFile === null ? [] : trustAdvice(files.caFile) }
}

/** Builds the server; it listens when told to. */
export async function createServer(parts: ServerParts): Promise<PortalServer> {
  const { config, log, live } = parts
  const tls = config.tls === null ? null : await openTls(config.tls, parts)
  const listeners: Array<{ server: Server; scheme: 'http' | 'https'; port: number }> = []
  const server = fastify({
    logger: false,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 2000 },
    frameworkErrors: (_error, request, reply) => {
      const refuse = isRestRequest(request) ? refuseRest : sendProblem
      void refuse(reply, new PortalError('malformed_body', { detail: 'the address is not a valid URL' }), log)
    },
    serverFactory: (handler: RequestListener) => {
      const options = { maxHeaderSize: maxHeadBytes, shouldUpgradeCallback: asksForWebSocket }
      if (tls === null || config.httpsPort !== null)
        listeners.push({
          server: createHttpServer(options, handler),
          scheme: 'http',
          port: config.port,
        })
      if (tls !== null)
        listeners.push({
          server: createHttpsServer({ ...options, cert: tls.cert, key: tls.key }, handler),
          scheme: 'https',
          port: config.httpsPort ?? config.port,
        })
      const [first] = listeners
      if (!first) throw new Error('nothing to listen on')
      return first.server
    },
  })
  for (const { server: listener } of listeners) {
    listener.keepAliveTimeout = keepAliveMs
    listener.headersTimeout = 60_000
    // an upload of 200 MiB over a slow line takes its time
    listener.requestTimeout = 30 * 60_000
  }
  const { phoneSocket } = parts
  const ways = listeners.flatMap(({ server: listener, scheme }) =>
    phoneSocket
      ? servePhoneSocket(listener, {
          ...phoneSocket,
          signIn: parts.signIn,
          log,
          isOwnOrigin: (origin, { headers }) =>
            origin === new URL(config.publicUrl).origin || origin === `${scheme}://${headers.host ?? ''}`,
        })
      : [],
  )
  readNoBodies(server)
  logRequests(server, log)
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const isClients = error.statusCode !== undefined && error.statusCode < 500
    const refuse = isRestRequest(request) ? refuseRest : sendProblem
    return refuse(reply, isClients ? new PortalError('malformed_body', { detail: error.message }) : error, log)
  })
  serveHealth(server, parts)
  serveMetrics(server, parts)
  if (config.only !== 'delivery') await serveRequests(server, parts)
  await server.ready()

  return {
    async listen() {
      const addresses: string[] = []
      for (const { server: listener, scheme, port } of listeners) {
        listener.listen({ host: config.host, port })
        await once(listener, 'listening')
        const { port: realPort } = listener.address() as AddressInfo
        addresses.push(`${scheme}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${realPort}`)
      }
      return { addresses, advice: tls?.advice ?? [] }
    },
    async close() {
      live.close()
      for (const way of ways) way.close()
      await Promise.all(listeners.map(({ server: listener }) => closeListener(listener)))
      await server.close()
    },
  }
}

/** Everything but health and metrics. */
async function serveRequests(server: FastifyInstance, parts: ServerParts): Promise<void> {
  const { config, log } = parts
  serveLive(server, parts)
  serveOwnApi(server, {
    routes: parts.routes,
    signIn: parts.signIn,
    publicUrl: config.publicUrl,
    maxBodyBytes: config.bodies.maxBytes,
    idempotency: parts.idempotency,
    log,
  })
  serveOAuth(server, parts)
  serveRest(server, { ...parts, onToken: tokenEndpoint(parts) })
  await serveWeb(server, { folder: parts.webFolder ?? webFolder, isFramed: parts.isFramed, log })
  parts.extend?.(server)
}

async function closeListener(listener: Server): Promise<void> {
  if (!listener.listening) return
  const closed = once(listener, 'close')
  listener.close()
  listener.closeIdleConnections()
  // what is under way gets ten seconds
  const force = setTimeout(() => listener.closeAllConnections(), 10_000)
  await closed.finally(() => clearTimeout(force))
}

/** Each route reads its own body: only it knows how much may come, and from whom. */
function readNoBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, _payload, done) => done(null))
}

function logRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        method: request.method,
        path: maskPath(pathOf(request)),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        address: request.ip,
      },
      'request',
    )
    done()
  })
}

/** `/healthz`: the process lives; `/readyz`: it can do its work. */
function serveHealth(server: FastifyInstance, { unreadyReason }: Pick<ServerParts, 'unreadyReason'>): void {
  server.get('/healthz', (_, reply) => reply.send('ok\n'))
  server.get('/readyz', async (_, reply) => {
    const reason = await unreadyReason().catch((error: unknown) => String(error))
    return reply.code(reason === null ? 200 : 503).send(`${reason ?? 'ready'}\n`)
  })
}

/** `GET /metrics`, outside `/v1`: where Prometheus looks. */
function serveMetrics(server: FastifyInstance, { metrics, log }: Pick<ServerParts, 'metrics' | 'log'>): void {
  server.get('/metrics', async (request, reply) => {
    try {
      const { type, text } = await metrics.scrape({ headers: request.headers, peer: request.raw.socket.remoteAddress ?? '' })
      return await reply.header('content-type', type).header('cache-control', 'no-store').send(text)
    } catch (error) {
      return sendProblem(reply, error, log)
    }
  })
}

/** `GET /v1/live`: Server-Sent Events for the signed-in person. */
function serveLive(server: FastifyInstance, { live, signIn, config, log }: ServerParts): void {
  server.get('/v1/live', { exposeHeadRoute: false }, async (request, reply) => {
    try {
      refuseForeignRequest(request, config.publicUrl)
      const user = await userOfRequest(signIn, request)
      if (!user) throw new PortalError('not_signed_in')
      const token = readSessionToken(request.headers.cookie) ?? ''
      const lastEventId = request.headers['last-event-id']
      reply.hijack()
      live.open(reply.raw, {
        portalId: user.portal_id,
        userId: user.id,
        lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
        stillAllowed: async () => (await signIn.userOf(token)) !== null,
      })
      return undefined
    } catch (error) {
      return sendProblem(reply, error, log)
    }
  })
}
