import { isSameText, readEvent, type RawReply, type Receiver } from '@hookswitch/sdk'
import { wordsOf, type Log } from './log.ts'
import type { Pbx } from './pbx.ts'

/** What the receiver needs. `applicationToken`: `undefined` (not installed) refuses everything. */
export interface PhoneReceiverParts {
  readonly applicationToken: () => string | undefined
  readonly pbx: Pick<Pbx, 'name' | 'phones' | 'check' | 'ring'>
  /** Rings whoever shall take a talk over. Answers why not, in words for the person who talks. */
  readonly handOver: (wish: { readonly callId: string; readonly userId: string; readonly to: string }) => Promise<string | undefined>
  readonly log: Log
}

/** The portal checks extensions too; this one becomes part of names on the PBX. */
const EXTENSION = /^[0-9A-Za-z]{1,20}$/

type Asked = Readonly<Record<string, unknown>>

/** What is asked here, by the name of its event. */
const QUESTIONS: Readonly<Record<string, (parts: PhoneReceiverParts, extension: string, asked: Asked) => Promise<RawReply>>> = {
  HOOKSWITCHPHONE: givePhone,
  HOOKSWITCHTRANSFER: handOver,
  HOOKSWITCHCHECK: check,
  HOOKSWITCHRING: ring,
}

/**
 * Answers what the portal asks: for a browser phone, to hand a talk over, what is wrong with the PBX, to ring a phone for a test. A form like
 * that of an event, proven by the application token. Replies: 200 with the answer or with `{"refused": {"text"}}`; 403 for a wrong token, 400
 * for another body, 404 when there is no such thing here.
 */
export function createPhoneReceiver(parts: PhoneReceiverParts): Receiver {
  return {
    async receive({ body }) {
      const wish = readEvent(body)
      const answer = wish && Object.hasOwn(QUESTIONS, wish.event) ? QUESTIONS[wish.event] : undefined
      if (!wish || !answer) return reply(400, { error: 'nothing that is asked here' })
      const expected = parts.applicationToken()
      if (expected === undefined || !isSameText(wish.auth.application_token, expected))
        return reply(403, { error: 'wrong application_token' })
      const asked = wish.data as Asked
      const extension = asked['EXTENSION']
      if (typeof extension !== 'string') return reply(400, { error: 'no EXTENSION' })
      const isLeftOut = extension === '' && wish.event === 'HOOKSWITCHCHECK'
      if (!isLeftOut && !EXTENSION.test(extension)) return refuse(`“${extension}” is no extension: up to 20 digits and letters`)
      return answer(parts, extension, asked)
    },
  }
}

async function givePhone({ pbx: { phones }, log }: PhoneReceiverParts, extension: string): Promise<RawReply> {
  if (!phones) return reply(404, { error: 'no browser phones here' })
  try {
    const { expiresAt, ...access } = await phones.issue(extension)
    log('info', 'a browser phone was given out', { extension, until: new Date(expiresAt).toISOString() })
    return reply(200, { ...access, expires: Math.floor(expiresAt / 1000) })
  } catch (error) {
    log('warn', 'a browser phone was not given out', { extension, why: wordsOf(error) })
    return refuse(wordsOf(error))
  }
}

async function check({ pbx }: PhoneReceiverParts, extension: string): Promise<RawReply> {
  return reply(200, { pbx: pbx.name, checks: (await pbx.check?.(extension)) ?? [] })
}

async function ring({ pbx, log }: PhoneReceiverParts, extension: string): Promise<RawReply> {
  if (!pbx.ring) return reply(404, { error: 'no tests here' })
  try {
    await pbx.ring(extension)
    log('info', 'a phone is rung for a test', { extension })
    return reply(200, {})
  } catch (error) {
    return refuse(wordsOf(error))
  }
}

async function handOver(parts: PhoneReceiverParts, to: string, asked: Asked): Promise<RawReply> {
  const { CALL_ID: callId, USER_ID: userId } = asked
  if (typeof callId !== 'string' || typeof userId !== 'string') return reply(400, { error: 'no CALL_ID or no USER_ID' })
  const why = await parts.handOver({ callId, userId, to })
  return why === undefined ? reply(200, {}) : refuse(why)
}

function refuse(text: string): RawReply {
  return reply(200, { refused: { code: 'unavailable', text } })
}

function reply(status: number, body: object): RawReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
