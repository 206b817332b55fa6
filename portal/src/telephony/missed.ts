/** A missed call is told to whoever is responsible for the caller, under the bell and beside Calls. */
import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CalledCard } from '../crm/call-crm.ts'
import type { CallsParts } from './call-parts.ts'
import { displayOf } from './displayed-number.ts'
import { countMissed } from './missed-calls.ts'
import { isMissed } from './outcome.ts'

/** Who is told: the card's responsible person, else the user that the call is credited to. */
export async function tellMissed(
  { crm, notifications, clock, changed }: Pick<CallsParts, 'crm' | 'notifications' | 'clock' | 'changed'>,
  tx: Tx,
  { call, userId, statusCode }: { call: Row<'call'>; userId: number; statusCode: string },
): Promise<void> {
  if (!isMissed(call, statusCode)) return
  const card =
    call.entity_type === ''
      ? null
      : await crm.find(call.portal_id, { type: call.entity_type as CalledCard['type'], id: call.entity_id }, tx.db)
  const told = card?.assignedById ?? userId
  await countMissed(tx, { call_id: call.call_id, portal_id: call.portal_id, user_id: told, created_at: clock.now() })
  tx.afterCommit(() => changed(call.portal_id, ['missed-calls'], [told]))
  const { country } = await tx.db.selectFrom('portal').select('country').where('id', '=', call.portal_id).executeTakeFirstOrThrow()
  const number = displayOf(call, country)
  const person = await tx.db
    .selectFrom('user')
    .select('language')
    .where('portal_id', '=', call.portal_id)
    .where('id', '=', told)
    .executeTakeFirst()
  const who = card ? `${card.title}, ${number}` : number
  const message = person?.language === 'ru' ? `Пропущенный звонок: ${who}` : `Missed call: ${who}`
  await notifications.write(tx, { portalId: call.portal_id, userId: told, authorId: null, appId: null, message })
}
