import { createHash } from 'node:crypto'

/** File name for a call's recording. CALL_IDs of portals have dots and may have colons or slashes: what is not harmless is hashed (pbx 7). */
export function recordingName(callId: string): string {
  const isHarmless = /^[\w-][\w.-]{0,99}$/.test(callId)
  return `${isHarmless ? callId : createHash('sha256').update(callId).digest('hex')}.wav`
}
