/** Paths the portal answers itself; after signing in the browser must really go there. */
const portalPaths = /^\/(oauth|rest|v1)(\/|$|\?)/

/** Where to go after signing in: only a path of this very site, never another origin. */
export function nextPlaceOf(next: string | undefined): { path: string; isOfWeb: boolean } {
  const isOwnPath = next !== undefined && /^\/(?![/\\])/.test(next) && !next.includes('\\') && next === next.replaceAll(/\p{Cc}/gu, '')
  if (!isOwnPath || next.startsWith('/sign-in')) return { path: '/contacts', isOfWeb: true }
  return { path: next, isOfWeb: !portalPaths.test(next) }
}
