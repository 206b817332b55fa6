import type { PbxRoute, Preflight } from '../pbx.ts'
import { AriRefusal, isGone, type AriClient } from './ari-client.ts'
import { endpointOf, fillTemplate, trunkOf } from './dial-string.ts'
import type { AsteriskSettings, Line } from './settings.ts'

/** Dial string of the agent leg. Throws on an extension that cannot stand in one. */
export function agentEndpoint(settings: AsteriskSettings, route: PbxRoute): string {
  const own = Object.hasOwn(settings.users, route.extension) ? settings.users[route.extension] : undefined
  return fillTemplate(own?.dial ?? settings.agentDial, route)
}

/** How the client is called, or `undefined` for a line that is not in the settings. Throws on a number that cannot stand in a dial string. */
export function clientEndpoint(
  settings: AsteriskSettings,
  route: PbxRoute,
): { readonly endpoint: string; readonly callerId: string; readonly line: string } | undefined {
  const line = lineOf(settings, route.line)
  if (!line) return undefined
  const own = Object.hasOwn(settings.users, route.extension) ? settings.users[route.extension] : undefined
  return {
    endpoint: fillTemplate(own?.clientDial ?? line.dial, route),
    callerId: own?.callerId ?? line.callerId ?? line.number,
    line: line.number,
  }
}

/** The line with this LINE_NUMBER; the first one for none. Any other is refused: which trunk a call takes is not for the click to make up. */
export function lineOf(settings: AsteriskSettings, number: string): (Line & { readonly number: string }) | undefined {
  const found = number === '' ? Object.keys(settings.lines)[0] : number
  if (found === undefined || !Object.hasOwn(settings.lines, found)) return undefined
  return { ...settings.lines[found]!, number: found }
}

/**
 * Asks Asterisk about the agent's phone. `offline`: not registered; a contact that is fixed in the configuration and not watched is always
 * online. What is dialled by the dialplan (`Local/`) cannot be asked for.
 */
export async function askPhone(ari: AriClient, dialString: string, extension: string): Promise<Preflight> {
  const endpoint = endpointOf(dialString)
  if (!endpoint) return { ok: true }
  try {
    const { state } = await ari.call('endpoints.get', endpoint)
    if (state !== 'offline') return { ok: true }
    return { ok: false, code: 'offline', text: `Your phone (extension ${extension}) is not registered at the PBX.` }
  } catch (error) {
    if (isGone(error)) return { ok: false, code: 'no_extension', text: `The PBX knows no extension ${extension}.` }
    return unasked(error)
  }
}

/** Asks Asterisk about the trunk that a client would be called by, before anybody is rung for nothing. */
export async function askTrunk(ari: AriClient, settings: AsteriskSettings, route: PbxRoute): Promise<Preflight> {
  const target = clientEndpoint(settings, route)
  const trunk = target && trunkOf(target.endpoint)
  if (trunk === undefined) return { ok: true }
  const missing = (what: string): Preflight => ({
    ok: false,
    code: 'unavailable',
    text: `The trunk “${trunk}” of line ${target!.line} ${what}.`,
  })
  try {
    const { state } = await ari.call('endpoints.get', { tech: 'PJSIP', resource: trunk })
    return state === 'offline' ? missing('is not reachable from the PBX') : { ok: true }
  } catch (error) {
    return isGone(error) ? missing('is not there: the PBX knows no endpoint of that name') : unasked(error)
  }
}

/** Asking is a courtesy: what cannot be asked is tried. Who is not let in need not try. */
function unasked(error: unknown): Preflight {
  if (error instanceof AriRefusal && error.status === 401) return { ok: false, code: 'unavailable', text: ENTRY_TEXTS[401] }
  return { ok: true }
}

/** Why Asterisk cannot be spoken to, by the HTTP status of its answer, for the person who clicked. */
export const ENTRY_TEXTS = {
  401: 'The PBX does not take the connector’s login: its user and password are not those of ari.conf.',
  404: 'The PBX cannot be reached: a web server answers there, but it has no ARI.',
} as const

/** Whose phone an endpoint is: of a user with a dial template of their own, else of the extension in its name. */
export function extensionOf(settings: AsteriskSettings, endpoint: string): string | undefined {
  const own = Object.entries(settings.users).find(([, { dial }]) => dial === endpoint)
  return own?.[0] ?? /^(?:PJSIP|SIP|IAX2)\/(\d{1,20})$/.exec(endpoint)?.[1]
}
