import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OAuth } from '../apps/oauth.ts'
import { PortalError } from '../errors.ts'
import type { SignIn } from '../directory/sign-in.ts'
import type { Log } from '../log.ts'
import { parseForm } from '../rest/php.ts'
import { errorEnvelope } from '../rest/router.ts'
import { parseBody } from './body.ts'
import { allowCrossOrigin, pathOf, queryOf, sendJson, setRetryAfter } from './rest.ts'
import { userOfRequest } from './sessions.ts'

/** What the OAuth endpoints need. */
export interface OAuthParts {
  readonly oauth: OAuth
  readonly signIn: Pick<SignIn, 'userOf'>
  readonly log: Log
}

const tokenRequestLimit = { bytes: 65_536, setting: 'none: a token request is never larger' }

/** Answers `/oauth/token/`; by GET query, POST form or JSON (contract 7.1). Depends on no Host header. */
export function tokenEndpoint({ oauth, log }: Pick<OAuthParts, 'oauth' | 'log'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    allowCrossOrigin(reply)
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
    if (request.method === 'OPTIONS') return reply.code(204).send()
    try {
      const body = request.method === 'POST' ? await parseBody(request.headers['content-type'] ?? '', request.raw, tokenRequestLimit) : {}
      return await sendJson(reply, 200, await oauth.token({ ...parseForm(queryOf(request)), ...body }))
    } catch (error) {
      const { status, body } = errorEnvelope(error, log)
      setRetryAfter(reply, error)
      return sendJson(reply, status, body)
    }
  }
}

/** Serves `/oauth/authorize/` and `/oauth/token/` (contract 7.1). */
export function serveOAuth(server: FastifyInstance, parts: OAuthParts): void {
  server.route({
    method: 'GET',
    url: '/oauth/authorize/',
    handler: async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      try {
        const user = await userOfRequest(parts.signIn, request)
        // the path is our own, so nobody is sent elsewhere after signing in
        if (!user) return await reply.redirect(`/sign-in?next=${encodeURIComponent(`${pathOf(request)}?${queryOf(request)}`)}`, 302)
        const query = parseForm(queryOf(request))
        const [clientId, state] = [query['client_id'], query['state']]
        if (typeof clientId !== 'string' || clientId === '') throw new PortalError('oauth_request', { detail: 'client_id is missing' })
        return await reply.redirect(await parts.oauth.authorize(user, { clientId, state: typeof state === 'string' ? state : '' }), 302)
      } catch (error) {
        const { status, body } = errorEnvelope(error, parts.log)
        setRetryAfter(reply, error)
        return reply
          .code(status)
          .header('content-type', 'text/html; charset=UTF-8')
          .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
          .send(errorPage(String(body['error']), String(body['error_description'])))
      }
    },
  })
  server.route({ method: ['GET', 'POST', 'OPTIONS'], url: '/oauth/token/', exposeHeadRoute: false, handler: tokenEndpoint(parts) })
}

/** Failures are shown to the person; the app gets no redirect (contract 7.1). */
function errorPage(code: string, text: string): string {
  const escaped = (value: string): string => value.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hookswitch</title><h1>The application cannot be opened</h1><p>${escaped(text)}</p><p><code>${escaped(code)}</code></p><p><a href="/">Back to the portal</a></p></html>`
}
