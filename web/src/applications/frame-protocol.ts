/** A command of an app's page to the portal's (contract 7.2). */
export interface FrameCommand {
  method: string
  params: unknown
  /** the key under which the answer is awaited; empty when none is */
  callback: string
}

/**
 * Reads `command:paramsJSON:callbackKey:APP_SID` (empty parts are left out), or the object form that is used when the
 * command itself has a colon. Null when it is not a command, or one of another rendering of the app.
 */
export function readCommand(message: unknown, appSid: string): FrameCommand | null {
  if (typeof message === 'string') return readText(message, appSid)
  if (typeof message !== 'object' || message === null) return null
  const { method, params, callback, appSid: sid } = message as Record<string, unknown>
  if (typeof method !== 'string' || method === '' || sid !== appSid) return null
  return {
    method,
    params: typeof params === 'string' ? parseJson(params) : (params ?? null),
    callback: typeof callback === 'string' ? callback : '',
  }
}

function readText(message: string, appSid: string): FrameCommand | null {
  if (!message.endsWith(`:${appSid}`)) return null
  const rest = message.slice(0, -appSid.length - 1)
  const colon = rest.indexOf(':')
  if (colon === -1) return rest === '' ? null : { method: rest, params: null, callback: '' }
  const method = rest.slice(0, colon)
  const tail = rest.slice(colon + 1)
  const lastColon = tail.lastIndexOf(':')
  // The parameters are JSON, which may hold colons; a callback key holds none.
  const whole = parseJson(tail)
  if (whole !== undefined && lastColon !== -1) return { method, params: whole, callback: '' }
  if (lastColon === -1)
    return isJsonContainer(tail) ? { method, params: parseJson(tail) ?? null, callback: '' } : { method, params: null, callback: tail }
  return { method, params: parseJson(tail.slice(0, lastColon)) ?? null, callback: tail.slice(lastColon + 1) }
}

function isJsonContainer(text: string): boolean {
  return /^[[{"]/.test(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The answer the app's page awaits under `callback`; nothing is an empty list, as an empty map is (contract 0.3). */
export function writeAnswer(callback: string, answer: unknown): string {
  return `${callback}:${JSON.stringify(answer === undefined ? [] : answer)}`
}

/** A height that an app asks for, in pixels, within what is sensible. */
export function readHeight(params: unknown): number | null {
  const height = typeof params === 'object' && params !== null ? Number((params as Record<string, unknown>)['height']) : Number.NaN
  return Number.isFinite(height) && height > 0 ? Math.min(Math.max(Math.round(height), 100), 20_000) : null
}

/** The named text of a command's parameters, or its only parameter. */
export function readTextOf(params: unknown, name: string): string {
  if (typeof params === 'string' || typeof params === 'number') return String(params)
  if (typeof params !== 'object' || params === null) return ''
  const value = (params as Record<string, unknown>)[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
