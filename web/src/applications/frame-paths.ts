/** The pages of the portal by the paths that apps know from Bitrix24 (contract 2.1: the kinds of cards that have phones). */
const known: ReadonlyArray<readonly [RegExp, (id: string) => string]> = [
  [/^\/crm\/contact\/(?:details|show)\/(\d+)\/?$/, (id) => `/contacts/${id}`],
  [/^\/crm\/company\/(?:details|show)\/(\d+)\/?$/, (id) => `/companies/${id}`],
  [/^\/crm\/lead\/(?:details|show)\/(\d+)\/?$/, (id) => `/leads/${id}`],
  [/^\/crm\/contact(?:\/list)?\/?$/, () => '/contacts'],
  [/^\/crm\/company(?:\/list)?\/?$/, () => '/companies'],
  [/^\/crm\/lead(?:\/list)?\/?$/, () => '/leads'],
  [/^\/report\/telephony\/?$/, () => '/calls'],
]
const own = /^\/(?:contacts|companies|leads|calls|call-lists|dial|apps|settings|deliveries|traces)(?:\/|$)/

/** The path of our page that an app asks for by `openPath`; null when there is none. The SDK writes `..` into its paths. */
export function pathInPortal(asked: string): string | null {
  if (!/^\/(?![/\\])/.test(asked)) return null
  const url = new URL(asked, window.location.origin)
  if (url.origin !== window.location.origin) return null
  for (const [pattern, write] of known) {
    const match = pattern.exec(url.pathname)
    if (match) return write(match[1] ?? '')
  }
  return own.test(url.pathname) ? url.pathname + url.search : null
}
