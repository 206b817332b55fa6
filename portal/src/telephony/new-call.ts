import { randomUUID } from 'node:crypto'
import type { CalledCard, MadeCard } from '../crm/call-crm.ts'
import type { PhoneReading } from '../crm/phones.ts'
import type { Row } from '../store/tables.ts'

/**
 * `externalCall.` + 32 lower-case hex + `.` + unix seconds (contract 4.1). The hex digits are the milliseconds and then 80 random bits, so that the newest
 * calls lie together in every index of calls (decision 0019). The bits are those of a UUID, which come from a pool; `randomBytes` asks the system each time.
 */
export function newCallId(now: number): string {
  const random = randomUUID().replaceAll('-', '')
  return `externalCall.${now.toString(16).padStart(12, '0')}${random.slice(0, 12)}${random.slice(24)}.${Math.floor(now / 1000)}`
}

/** What is known of a call when it is registered; the rest of its row is empty. */
export interface Beginning {
  readonly phone: PhoneReading
  readonly entity: CalledCard | null
  readonly made: readonly MadeCard[]
  readonly now: number
  readonly columns: Pick<Row<'call'>, 'id' | 'portal_id' | 'call_id' | 'type' | 'user_id' | 'owner' | 'line_number' | 'number'> &
    Partial<Row<'call'>>
}

/** The row of a call that begins. */
export function newCallRow({ phone, entity, made, now, columns }: Beginning): Row<'call'> {
  return {
    international: phone.international,
    extension: phone.extension,
    digits: phone.digits,
    entity_type: entity?.type ?? '',
    entity_id: entity?.id ?? 0,
    external_call_id: null,
    call_list_id: 0,
    is_mobile: 0,
    crm_create: 0,
    crm_source: '',
    created_entities: JSON.stringify(made.map(({ type, id }) => ({ ENTITY_TYPE: type, ENTITY_ID: id }))),
    state: 'registered',
    reusable: 1,
    reported_at: null,
    answered_at: null,
    started_at: now,
    ended_at: null,
    duration: 0,
    status_code: null,
    failed_reason: '',
    closed_by: null,
    statistic_id: null,
    activity_id: null,
    trace_id: null,
    created_at: now,
    ...columns,
  }
}

/** The cards that a call made, as they stand in its row. */
export function madeBy(call: Pick<Row<'call'>, 'created_entities'>): readonly MadeCard[] {
  const stored = JSON.parse(call.created_entities) as ReadonlyArray<{ ENTITY_TYPE: MadeCard['type']; ENTITY_ID: number }>
  return stored.map(({ ENTITY_TYPE: type, ENTITY_ID: id }) => ({ type, id }))
}

/** What the call is tied to: who was found; what was made, where only leads that are over were found. Never a deal (contract 4.10). */
export function tiedCard(found: readonly CalledCard[], made: readonly MadeCard[]): CalledCard | null {
  const isKnown = found.some(({ type }) => type !== 'LEAD')
  const card = (isKnown ? undefined : made.find(({ type }) => type !== 'DEAL')) ?? found[0]
  return card ? { type: card.type as CalledCard['type'], id: card.id } : null
}
