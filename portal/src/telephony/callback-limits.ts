/** How often a visitor may ask: per network address and per number, for each form (design 11.14). */
import { createHmac } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Tx } from '../store/store.ts'
import type { NewRow, Row } from '../store/tables.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A limit that is reached. */
export interface Limited {
  readonly reason: 'address' | 'number'
  readonly retryAfterMs: number
}

/** Of the limits that are reached, the one that lasts longest. Refused requests count for the address, not for the number. */
export async function findLimit(
  tx: Tx,
  { form, digits, addressHash, now }: { form: Row<'callback_form'>; digits: string; addressHash: string; now: number },
): Promise<Limited | null> {
  const windows = [
    { reason: 'address', column: 'address_hash', value: addressHash, most: form.address_hour, ms: hourMs },
    { reason: 'address', column: 'address_hash', value: addressHash, most: form.address_day, ms: dayMs },
    { reason: 'number', column: 'digits', value: digits, most: form.number_hour, ms: hourMs },
    { reason: 'number', column: 'digits', value: digits, most: form.number_day, ms: dayMs },
  ] as const
  let longest: Limited | null = null
  for (const { reason, column, value, most, ms } of windows) {
    const decisive = await tx.db
      .selectFrom('callback_request')
      .select('created_at')
      .where('form_id', '=', form.id)
      .where(column, '=', value)
      .where('created_at', '>', now - ms)
      .where('outcome', 'not in', reason === 'number' ? ['refused_limit', 'refused_country'] : ['refused_limit'])
      .orderBy('created_at', 'desc')
      .limit(1)
      .offset(most - 1)
      .executeTakeFirst()
    const retryAfterMs = decisive ? decisive.created_at + ms - now : 0
    if (retryAfterMs > (longest?.retryAfterMs ?? 0)) longest = { reason, retryAfterMs }
  }
  return longest
}

/** One row an address and hour: a flood must not fill the database. */
export async function refuseByLimit(tx: Tx, row: NewRow<'callback_request'>, reason: Limited['reason']): Promise<void> {
  const known = await tx.db
    .selectFrom('callback_request')
    .select('id')
    .where('form_id', '=', row.form_id)
    .where('address_hash', '=', row.address_hash)
    .where('outcome', '=', 'refused_limit')
    .where('created_at', '>', row.created_at - hourMs)
    .executeTakeFirst()
  if (!known)
    await tx.db
      .insertInto('callback_request')
      .values({ ...row, outcome: 'refused_limit', reason })
      .execute()
}

/** The address of IPv4, the /64 of IPv6, which is what one subscriber has: as a keyed hash. */
export function hashAddress(key: Buffer, portalId: number, address: string): string {
  const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : null
  const network = parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : (parsed?.toString() ?? address)
  return createHmac('sha256', key).update(`${portalId} ${network}`).digest('hex').slice(0, 32)
}
