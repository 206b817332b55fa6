import { DIALABLE, LINE } from '../clicks.ts'
import { wordsOf } from '../log.ts'
import { agentEndpoint, clientEndpoint } from './routes.ts'
import type { AsteriskSettings } from './settings.ts'

/** What would be dialled for a click, or why nothing would. */
export type Preview =
  | { readonly ok: true; readonly line: string; readonly agent: string; readonly client: string; readonly callerId: string }
  | { readonly ok: false; readonly text: string }

/** What is asked about; `line` empty: the first one. */
export interface PreviewWish {
  readonly number: string
  readonly extension: string
  readonly line: string
}

/** Fills the dial templates without dialling. What a click would be refused for is refused here, in the same words. */
export function previewDial(settings: AsteriskSettings, wish: PreviewWish): Preview {
  if (!DIALABLE.test(wish.number))
    return { ok: false, text: `${JSON.stringify(wish.number)} cannot be dialled: digits, *, # and a leading + only.` }
  if (!LINE.test(wish.line)) return { ok: false, text: `There is no line ${JSON.stringify(wish.line)}.` }
  try {
    const client = clientEndpoint(settings, wish)
    if (!client) return { ok: false, text: `The PBX has no line “${wish.line}”.` }
    return { ok: true, line: client.line, agent: agentEndpoint(settings, wish), client: client.endpoint, callerId: client.callerId }
  } catch (error) {
    return { ok: false, text: `${wordsOf(error)}.` }
  }
}

/** A preview as lines for a terminal. */
export function describePreview(preview: Preview): string {
  if (!preview.ok) return `${preview.text}\n`
  const { line, agent, client, callerId } = preview
  return `line        ${line}\nyour phone  ${agent}\ncustomer    ${client}\nthey see    ${callerId || '(what the trunk makes of it)'}\n`
}
