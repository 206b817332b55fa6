/** A call as a page of an app in its call card is told of it (contract 8.6). */
import type { Store } from '../store/store.ts'
import type { CallState } from '../states.ts'
import type { Row } from '../store/tables.ts'

/** A card that belongs to the call. */
export interface CardBinding {
  readonly ENTITY_TYPE: string
  readonly ENTITY_ID: number
}

/** The answer to `getStatus`, and the data of `BackgroundCallCard::initialized`: numbers and booleans are real. */
export interface CardStatus {
  readonly CALL_ID: string
  /** left out when the number is unknown */
  readonly PHONE_NUMBER?: string
  readonly LINE_NUMBER: string
  /** the number when the line has no name */
  readonly LINE_NAME: string
  /** '' when the call is on no card */
  readonly CRM_ENTITY_TYPE: string
  /** 0 when the call is on no card */
  readonly CRM_ENTITY_ID: number
  /** left out when there are none */
  readonly CRM_BINDINGS?: readonly CardBinding[]
  /** left out until the activity is there */
  readonly CRM_ACTIVITY_ID?: number
  readonly CALL_DIRECTION: 'incoming' | 'outgoing' | 'callback'
  readonly CALL_STATE: 'idle' | 'connecting' | 'connected'
  readonly CALL_LIST_MODE: boolean
}

const directions = ['outgoing', 'outgoing', 'incoming', 'incoming', 'callback', 'outgoing'] as const

const states: Readonly<Record<CallState, CardStatus['CALL_STATE']>> = {
  registered: 'idle',
  announced: 'connecting',
  ringing_agent: 'connecting',
  ringing_client: 'connecting',
  talking: 'connected',
  finished: 'idle',
}

/** Reads what a page in the call card is told of its call. */
export async function readCardStatus(store: Store, call: Row<'call'>): Promise<CardStatus> {
  const line =
    call.line_number === ''
      ? undefined
      : await store.read
          .selectFrom('line')
          .select('name')
          .where('portal_id', '=', call.portal_id)
          .where('owner', '=', call.owner)
          .where('number', '=', call.line_number)
          .executeTakeFirst()
  const number = call.international || call.number
  const bindings = bindingsOf(call)
  return {
    CALL_ID: call.call_id,
    ...(number !== '' && { PHONE_NUMBER: number }),
    LINE_NUMBER: call.line_number,
    LINE_NAME: line?.name || call.line_number,
    CRM_ENTITY_TYPE: call.entity_type,
    CRM_ENTITY_ID: call.entity_id,
    ...(bindings.length > 0 && { CRM_BINDINGS: bindings }),
    ...(call.activity_id !== null && { CRM_ACTIVITY_ID: call.activity_id }),
    CALL_DIRECTION: directions[call.type] ?? 'outgoing',
    CALL_STATE: states[call.state],
    CALL_LIST_MODE: call.call_list_id !== 0,
  }
}

function bindingsOf(call: Row<'call'>): CardBinding[] {
  const main = call.entity_type === '' ? [] : [{ ENTITY_TYPE: call.entity_type, ENTITY_ID: call.entity_id }]
  const created = JSON.parse(call.created_entities) as CardBinding[]
  return [...main, ...created.filter((one) => one.ENTITY_TYPE !== call.entity_type || one.ENTITY_ID !== call.entity_id)]
}

/** PLACEMENT_OPTIONS of a page in the call card: the same as text, with `undefined` for an activity that is not there yet. */
export function cardOptions(status: CardStatus): Record<string, unknown> {
  const { CRM_BINDINGS: bindings, CRM_ACTIVITY_ID: activityId, ...rest } = status
  return {
    ...rest,
    CRM_ENTITY_ID: String(status.CRM_ENTITY_ID),
    ...(bindings && { CRM_BINDINGS: bindings.map((one) => ({ ...one, ENTITY_ID: String(one.ENTITY_ID) })) }),
    CRM_ACTIVITY_ID: String(activityId),
    CALL_LIST_MODE: String(status.CALL_LIST_MODE),
  }
}
