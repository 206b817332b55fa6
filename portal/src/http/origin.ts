import { PortalError } from '../errors.ts'

/** What the check looks at. */
export interface OriginFacts {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** of the request as the person's browser made it: forwarded headers of trusted proxies are applied */
  readonly protocol: string
  readonly host: string
  readonly publicUrl: string
}

/**
 * Refuses requests that a page of another origin makes with a person's cookie (design 11.14). A framed app on another port of the
 * same host is "same-site" and gets the cookie sent, so that is refused too. Programs without a browser send neither header.
 */
export function refuseForeign({ method, headers, protocol, host, publicUrl }: OriginFacts): void {
  const site = headers['sec-fetch-site']
  const origin = headers['origin']
  const isRead = method === 'GET' || method === 'HEAD'
  if (site === 'cross-site' || site === 'same-site') throw new PortalError('foreign_origin', { origin: originText(origin) })
  if (isRead || origin === undefined) return
  const isOwn = typeof origin === 'string' && (origin === new URL(publicUrl).origin || origin === `${protocol}://${host}`)
  if (!isOwn) throw new PortalError('foreign_origin', { origin: originText(origin) })
}

function originText(origin: string | string[] | undefined): string {
  return typeof origin === 'string' ? origin.slice(0, 200) : 'unknown'
}
