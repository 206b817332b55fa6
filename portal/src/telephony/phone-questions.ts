/** What the portal asks of an app that drives a PBX, at the address that the app gave (`hookswitch.phone.set`): a form like that of an event. */
import type { AuthBlocks } from '../apps/auth-block.ts'
import type { Clock } from '../clock.ts'
import type { Sender } from '../delivery/send.ts'
import { buildForm } from '../rest/php.ts'
import type { Row } from '../store/tables.ts'

/** What an app answers: a JSON map, a refusal in its own words, or nothing that can be used. */
export type PhoneAnswer =
  | { readonly said: Readonly<Record<string, unknown>> }
  | { readonly refused: string }
  | { readonly unreachable: string }

/** What questions are asked with. */
export interface PhoneQuestionsParts {
  readonly clock: Clock
  readonly auth: AuthBlocks
  readonly sender: Pick<Sender, 'send'>
}

/** Builds the question. It is asked once, at once; the application token proves that the portal asks. */
export function createPhoneQuestions({ clock, auth, sender }: PhoneQuestionsParts) {
  return {
    /** Asks an app; never rejects for what the app does. */
    async ask(app: Row<'app'>, { event, data }: { event: string; data: Readonly<Record<string, string>> }): Promise<PhoneAnswer> {
      const block = await auth.of({ portalId: app.portal_id, owner: `app:${app.id}`, event, userId: null })
      const body = buildForm({ event, data, ts: String(Math.floor(clock.now() / 1000)), auth: block })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const { ending, responseBody } = await sender.send({ url: app.phone_url, headers, body })
      if (ending.kind !== 'answered') return { unreachable: ending.error }
      if (ending.status !== 200) return { unreachable: `it answered ${ending.status}` }
      const said = parseMap(responseBody ?? '')
      if (!said) return { unreachable: 'what it answered is no JSON' }
      const { refused } = said
      if (typeof refused === 'object' && refused !== null && 'text' in refused) return { refused: String(refused.text).slice(0, 300) }
      return { said }
    },
  }
}

/** The way to ask apps that drive a PBX. */
export type PhoneQuestions = ReturnType<typeof createPhoneQuestions>

function parseMap(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
