import type { Leg } from './rooms.ts'

const PAUSE_MS = 5_000

/**
 * Adds a key press of an agent and answers the extension that the talk shall be handed over to, when `code`, digits and `#` are complete.
 * Presses more than 5 s apart are no code.
 */
export function readKeys(leg: Leg, key: { readonly digit: string; readonly at: number }, code: string): string | undefined {
  const before = key.at - leg.keyed.at > PAUSE_MS ? '' : leg.keyed.text
  const text = `${before}${key.digit}`.slice(-30)
  leg.keyed = { text: key.digit === '#' ? '' : text, at: key.at }
  if (code === '' || key.digit !== '#') return undefined
  const from = text.lastIndexOf(code)
  const to = from < 0 ? '' : text.slice(from + code.length, -1)
  return /^\d{1,20}$/.test(to) ? to : undefined
}
