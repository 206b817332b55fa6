/** What ADD_TO_CHAT says of a call on its card's timeline, in the portal's language (contract 4.2, 4.3). */
import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CalledCard } from '../crm/call-crm.ts'
import type { CallsParts } from './call-parts.ts'
import { displayOf } from './displayed-number.ts'
import { isAnswered } from './outcome.ts'

const words = {
  en: {
    out: 'Call to',
    in: 'Incoming call from',
    callback: 'Callback to',
    info: 'Announcement to',
    answered: 'talked',
    missed: 'nobody answered',
    codes: {
      '402': 'no money on the phone account',
      '403': 'not allowed',
      '404': 'wrong number',
      '423': 'number blocked',
      '480': 'not available',
      '484': 'wrong number',
      '486': 'busy',
      '503': 'not reachable',
      '603': 'declined',
      '603-S': 'canceled by the caller',
    },
    other: 'not connected',
  },
  ru: {
    out: 'Звонок на',
    in: 'Входящий звонок с',
    callback: 'Обратный звонок на',
    info: 'Оповещение на',
    answered: 'разговор',
    missed: 'никто не ответил',
    codes: {
      '402': 'нет денег на счёте телефонии',
      '403': 'запрещено',
      '404': 'неверный номер',
      '423': 'номер заблокирован',
      '480': 'временно недоступен',
      '484': 'неверный номер',
      '486': 'занято',
      '503': 'направление недоступно',
      '603': 'отклонён',
      '603-S': 'отменён звонившим',
    },
    other: 'не соединили',
  },
} as const

/** Says that a call was registered, or, with its end, how it ended. Calls of no card say nothing. */
export async function noteCall(
  { crm }: Pick<CallsParts, 'crm'>,
  tx: Tx,
  { call, userId, end }: { call: Row<'call'>; userId: number; end?: { statusCode: string; duration: number } },
): Promise<void> {
  if (call.entity_type === '') return
  const { language, country } = await tx.db
    .selectFrom('portal')
    .select(['language', 'country'])
    .where('id', '=', call.portal_id)
    .executeTakeFirstOrThrow()
  const said = words[language === 'ru' ? 'ru' : 'en']
  const kind = call.type === 4 ? 'callback' : call.type === 5 ? 'info' : call.type === 1 ? 'out' : 'in'
  const begins = `${said[kind]} ${displayOf(call, country)}`
  await crm.note(tx, {
    portalId: call.portal_id,
    callId: call.call_id,
    entity: { type: call.entity_type as CalledCard['type'], id: call.entity_id },
    userId,
    text: end ? `${begins}: ${outcomeWords(said, end)}` : begins,
  })
}

function outcomeWords(
  said: (typeof words)['en'] | (typeof words)['ru'],
  { statusCode, duration }: { statusCode: string; duration: number },
): string {
  const clock = `${Math.floor(duration / 60)}:${String(duration % 60).padStart(2, '0')}`
  if (isAnswered(statusCode)) return `${said.answered} ${clock}`
  if (statusCode === '304') return said.missed
  const codes: Readonly<Record<string, string>> = said.codes
  return Object.hasOwn(codes, statusCode) ? codes[statusCode]! : said.other
}
