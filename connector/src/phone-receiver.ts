import { isSameText, readEvent, type RawReply, type Receiver } from '@hookswitch/sdk'
import { wordsOf, type Log } from './log.ts'
import type { BrowserPhones } from './pbx.ts'

/** What the receiver needs. `applicationToken`: `undefined` (not installed) refuses everything. */
export interface PhoneReceiverParts {
  readonly applicationToken: () => string | undefined
  readonly phones: BrowserPhones | undefined
  readonly log: Log
}

/** The portal checks extensions too; this one becomes part of names on the PBX. */
const EXTENSION = /^[0-9A-Za-z]{1,20}$/

/**
 * Answers the portal's wish for a browser phone: a form like that of an event, proven by the application token. Replies: 200 with what to
 * register with, or with `{"refused": {"text"}}`; 403 for a wrong token, 400 for another body, 404 when there are no such phones here.
 */
export function createPhoneReceiver({ applicationToken, phones, log }: PhoneReceiverParts): Receiver {
  return {
    async receive({ body }) {
      if (!phones) return reply(404, { error: 'no browser phones here' })
      const wish = readEvent(body)
      if (wish?.event !== 'HOOKSWITCHPHONE') return reply(400, { error: 'no wish for a phone' })
      const expected = applicationToken()
      if (expected === undefined || !isSameText(wish.auth.application_token, expected))
        return reply(403, { error: 'wrong application_token' })
      const extension = 'EXTENSION' in wish.data ? wish.data['EXTENSION'] : undefined
      if (typeof extension !== 'string') return reply(400, { error: 'no EXTENSION' })
      if (!EXTENSION.test(extension)) return refuse(`“${extension}” is no extension for a browser phone: up to 20 digits and letters`)
      try {
        const { expiresAt, ...access } = await phones.issue(extension)
        log('info', 'a browser phone was given out', { extension, until: new Date(expiresAt).toISOString() })
        return reply(200, { ...access, expires: Math.floor(expiresAt / 1000) })
      } catch (error) {
        log('warn', 'a browser phone was not given out', { extension, why: wordsOf(error) })
        return refuse(wordsOf(error))
      }
    },
  }
}

function refuse(text: string): RawReply {
  return reply(200, { refused: { code: 'unavailable', text } })
}

function reply(status: number, body: object): RawReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
