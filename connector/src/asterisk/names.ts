import type { LegName } from '../pbx.ts'

/** What of a call has a name on the PBX. `far` and `other` are the far halves of a `Local/` agent and client leg; `heard` and `spoken` the two of a stereo recording. */
export type PartName = LegName | 'far' | 'other' | 'bridge' | 'heard' | 'spoken'

/**
 * Ids on the PBX, made of the CALL_ID: an order that is given twice meets its own id and is refused by the PBX (409) instead of being done
 * again, and after a restart the legs say themselves to which call they belong. The application's name stands in front, so that two portals
 * can share a PBX.
 */
export interface Names {
  /** Throws on a CALL_ID that is too long to be written in an id; those of portals have 56 characters. */
  of(callId: string, part: PartName): string
  /** Base name of the call's recording. */
  recording(callId: string): string
  /** What an id is of, or `undefined` if it is not ours. */
  read(id: string): { readonly callId: string; readonly part: PartName } | undefined
}

/** Asterisk takes ids of up to 149 bytes; an application's name has up to 20. */
const LONGEST_KEY = 115
const PARTS: readonly PartName[] = ['agent', 'client', 'far', 'other', 'bridge', 'heard', 'spoken']

/** Makes the names of one application. */
export function createNames(application: string): Names {
  const prefix = `${application}-`
  return {
    of: (callId, part) => `${prefix}${keyOf(callId)}-${part}`,
    recording: (callId) => `${prefix}${keyOf(callId)}`,
    read(id) {
      const at = id.lastIndexOf('-')
      const part = PARTS.find((name) => name === id.slice(at + 1))
      if (!part || !id.startsWith(prefix) || at <= prefix.length) return undefined
      return { callId: callIdOf(id.slice(prefix.length, at)), part }
    },
  }
}

/** Letters, digits, dots and minus as they are, all else as `_hh`. */
function keyOf(callId: string): string {
  const key = callId.replaceAll(/[^A-Za-z0-9.-]/g, (character) => `_${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  if (key.length > LONGEST_KEY) throw new Error('the CALL_ID is too long for a PBX')
  return key
}

function callIdOf(key: string): string {
  return key.replaceAll(/_([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
