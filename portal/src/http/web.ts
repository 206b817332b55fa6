import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import { sendProblem } from './own-api.ts'
import { isRestRequest, pathOf, refuseRest } from './rest.ts'

/** Where the built web stands, from the sources and from `dist` alike. */
export const webFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** What serving the web needs. */
export interface WebParts {
  readonly folder: string
  /** is this the origin of an app page that may be framed? */
  readonly isFramed: (origin: string) => Promise<boolean>
  readonly log: Log
}

/** The policy of our pages: nothing of others runs here, nobody frames us, and we frame our own frame page alone. */
export const contentPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "frame-src 'self'",
  "form-action 'self'",
].join('; ')

/**
 * The policy of the empty page that stands between our pages and one of an app. It names the one origin that it may frame and post
 * to, so a page that is open does not need to know the apps that are added later.
 */
function framePolicy(origin: string): string {
  return `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; frame-src ${origin}; form-action ${origin}`
}

function originOf(text: unknown): string | null {
  if (typeof text !== 'string' || !URL.canParse(text)) return null
  const { origin, protocol } = new URL(text)
  return protocol === 'http:' || protocol === 'https:' ? origin : null
}

/** Serves the files of the web; whatever is no file and no part of the portal's interfaces is a page of the web. */
export async function serveWeb(server: FastifyInstance, { folder, isFramed, log }: WebParts): Promise<void> {
  const index = join(folder, 'index.html')
  if (existsSync(index)) {
    await server.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      globIgnore: ['**/index.html'],
      cacheControl: false,
      setHeaders(reply, path) {
        // Vite puts a hash of the content into the names below assets/
        void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
        void reply.header('x-content-type-options', 'nosniff')
        return undefined
      },
    })
  }
  server.get('/v1/frame-page', async (request, reply) => {
    const origin = originOf((request.query as Record<string, unknown>)['origin'])
    if (origin === null || !(await isFramed(origin))) return sendProblem(reply, new PortalError('frame_unknown'), log)
    return reply
      .header('content-security-policy', framePolicy(origin))
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .header('content-type', 'text/html; charset=UTF-8')
      .send('<!doctype html><title>Hookswitch</title>')
  })
  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    void reply
      .header('content-security-policy', contentPolicy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-cache')
      .header('content-type', 'text/html; charset=UTF-8')
    if (!existsSync(index))
      return reply
        .code(503)
        .send('<!doctype html><title>Hookswitch</title><p>The web pages are not built yet. Run <code>npm run build</code> and reload.</p>')
    return reply.send(await readFile(index, 'utf8'))
  }
  for (const path of ['/', '/index.html']) server.get(path, (_, reply) => page(reply))
  server.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request)
    if (isRestRequest(request)) return refuseRest(reply, new PortalError('http_method'), log)
    // the page of a call ends with the time of its CALL_ID, files with a word
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !/^\/+(v1|oauth|assets)(\/|$)/.test(path) && !/\.[a-z]\w*$/i.test(path)
    return isPage ? page(reply) : sendProblem(reply, new PortalError('no_such_page', { path: path.slice(0, 200) }), log)
  })
  if (!existsSync(join(folder, 'favicon.ico'))) {
    server.get('/favicon.ico', (_, reply) =>
      existsSync(join(folder, 'icon.svg')) ? reply.redirect('/icon.svg', 302) : reply.code(204).send(),
    )
  }
}
