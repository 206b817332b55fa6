import { isSameText, readEvent, type RawReply, type Receiver } from '@hookswitch/sdk'
import { wordsOf, type Log } from './log.ts'

/** What shall be looked at, as the portal says it. */
export interface CheckOrder {
  readonly extension: string
  /** Called after the extension, if a call is wanted. */
  readonly number: string
  /** Phones may ring. */
  readonly isCall: boolean
}

/** What the receiver needs. `applicationToken`: `undefined` (not installed) refuses everything. */
export interface CheckReceiverParts {
  readonly applicationToken: () => string | undefined
  /** Answers anything that can be JSON. Absent: this connector has nothing to check. */
  readonly check: ((order: CheckOrder) => Promise<unknown>) | undefined
  readonly log: Log
}

const EXTENSION = /^\d{0,20}$/
const NUMBER = /^(\+?[0-9*#]{2,20})?$/

/**
 * Answers the portal's wish to know whether the PBX is ready: a form like that of an event, proven by the application token, with `EXTENSION`,
 * and `CALL` (`Y`) and `NUMBER` for a test call. One at a time. Replies: 200 with `{"findings": […]}`; 403 for a wrong token, 400 for another
 * body, 404 where there is nothing to check, 409 while a check is under way, 502 when it failed.
 */
export function createCheckReceiver({ applicationToken, check, log }: CheckReceiverParts): Receiver {
  let isUnderWay = false
  return {
    async receive({ body }) {
      if (!check) return reply(404, { error: 'nothing to check here' })
      const wish = readEvent(body)
      if (wish?.event !== 'HOOKSWITCHCHECK') return reply(400, { error: 'no wish for a check' })
      const expected = applicationToken()
      if (expected === undefined || !isSameText(wish.auth.application_token, expected))
        return reply(403, { error: 'wrong application_token' })
      const { EXTENSION: extension = '', NUMBER: number = '', CALL: call = 'N' } = wish.data as Readonly<Record<string, unknown>>
      if (typeof extension !== 'string' || typeof number !== 'string' || !EXTENSION.test(extension) || !NUMBER.test(number))
        return reply(400, { error: 'EXTENSION is digits, NUMBER digits with a leading plus' })
      if (isUnderWay) return reply(409, { error: 'a check is under way' })
      isUnderWay = true
      try {
        return reply(200, { findings: await check({ extension, number, isCall: call === 'Y' }) })
      } catch (error) {
        log('warn', 'a check failed', { why: wordsOf(error) })
        return reply(502, { error: wordsOf(error) })
      } finally {
        isUnderWay = false
      }
    },
  }
}

function reply(status: number, body: object): RawReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
