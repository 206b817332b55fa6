import type { LegName } from '../pbx.ts'

/** What of a call has a name on the PBX. `far` and `other` are the far halves of a `Local/` agent and client leg; `heard` and `spoken` the two of a stereo recording. */
export type PartName = LegName | 'far' | 'other' | 'bridge' | 'heard' | 'spoken'

/** A part as it is named: one agent's leg, and its far half, say whose, and from the second time on which time it is. */
export type NamedPart = Exclude<PartName, 'agent' | 'far'> | `${'agent' | 'far'}.${string}`

/**
 * Ids on the PBX, made of the CALL_ID: an order that is given twice meets its own id and is refused by the PBX (409) instead of being done
 * again, and after a restart the legs say themselves to which call they belong. The application's name stands in front, so that two portals
 * can share a PBX.
 */
export interface Names {
  /** Throws on a CALL_ID that is too long to be written in an id; those of portals have 56 characters. */
  of(callId: string, part: NamedPart): string
  /** Base name of the call's recording. */
  recording(callId: string): string
  /** The call of a recording or of one of its sides, or `undefined` if it is not ours. */
  readRecording(name: string): string | undefined
  /** What an id is of, or `undefined` if it is not ours. Agents' parts have the `extension` and how many times it was rung, others an empty one. */
  read(id: string): { readonly callId: string; readonly part: PartName; readonly extension: string; readonly round: number } | undefined
}

/** Asterisk takes ids of up to 149 bytes; an application's name has up to 20, an extension too. */
const LONGEST_KEY = 100
const PART = /^(?:(agent|far)\.(\d{1,20})(?:\.(\d{1,4}))?|(client|other|bridge|heard|spoken))$/

/** Makes the names of one application. */
export function createNames(application: string): Names {
  const prefix = `${application}-`
  return {
    of: (callId, part) => `${prefix}${keyOf(callId)}-${part}`,
    recording: (callId) => `${prefix}${keyOf(callId)}`,
    readRecording(name) {
      const [, key] = name.startsWith(prefix) ? (/^(.+?)(?:-(?:spoken|heard))?$/.exec(name.slice(prefix.length)) ?? []) : []
      return key === undefined || key.startsWith('check-') ? undefined : callIdOf(key)
    },
    read(id) {
      const at = id.lastIndexOf('-')
      const [, desk, extension = '', round = '1', other] = PART.exec(id.slice(at + 1)) ?? []
      const part = (desk ?? other) as PartName | undefined
      if (!part || !id.startsWith(prefix) || at <= prefix.length) return undefined
      return { callId: callIdOf(id.slice(prefix.length, at)), part, extension, round: Number(round) }
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
