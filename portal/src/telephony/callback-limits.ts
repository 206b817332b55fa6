/** How often a visitor may ask: per network address and per number, for each form (design 11.14). */
import { createHmac } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Kysely } from 'kysely'
import type { Row, Tables } from '../store/tables.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A limit that is reached. */
export interface Limited {
  readonly reason: 'address' | 'number'
  readonly retryAfterMs: number
  /** the form's list shows that this address was refused */
  readonly isNoted: boolean
}

interface Asking {
  readonly form: Pick<Row<'callback_form'>, 'id' | 'address_hour' | 'address_day' | 'number_hour' | 'number_day'>
  readonly digits: string
  readonly addressHash: string
  /** milliseconds since 1970 */
  readonly now: number
}

/** Of the limits that are reached, the one that lasts longest. Refused requests count for the address, not for the number. */
export async function findLimit(db: Kysely<Tables>, asking: Asking): Promise<Limited | null> {
  const { form, digits, addressHash, now } = asking
  const windows = [
    { reason: 'address', column: 'address_hash', value: addressHash, most: form.address_hour, ms: hourMs },
    { reason: 'address', column: 'address_hash', value: addressHash, most: form.address_day, ms: dayMs },
    { reason: 'number', column: 'digits', value: digits, most: form.number_hour, ms: hourMs },
    { reason: 'number', column: 'digits', value: digits, most: form.number_day, ms: dayMs },
  ] as const
  let longest: Pick<Limited, 'reason' | 'retryAfterMs'> | null = null
  for (const { reason, column, value, most, ms } of windows) {
    const decisive = await db
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
  return longest && { ...longest, isNoted: await isNoted(db, asking) }
}

/** A refusal is noted once an address and hour: a flood must not fill the database. */
async function isNoted(db: Kysely<Tables>, { form, addressHash, now }: Asking): Promise<boolean> {
  const noted = await db
    .selectFrom('callback_request')
    .select('id')
    .where('form_id', '=', form.id)
    .where('address_hash', '=', addressHash)
    .where('outcome', '=', 'refused_limit')
    .where('created_at', '>', now - hourMs)
    .executeTakeFirst()
  return noted !== undefined
}

/** The address of IPv4, the /64 of IPv6, which is what one subscriber has: as a keyed hash. */
export function hashAddress(key: Buffer, portalId: number, address: string): string {
  const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : null
  const network = parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : (parsed?.toString() ?? address)
  return createHmac('sha256', key).update(`${portalId} ${network}`).digest('hex').slice(0, 32)
}
