import { idOf } from '../caller.ts'
import type { CalledCard, MadeCard } from '../crm/call-crm.ts'
import { readPhone } from '../crm/phones.ts'
import { PortalError } from '../errors.ts'
import type { Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { showTo } from './call-cards.ts'
import type { CallsParts } from './call-parts.ts'
import { findAsked, tieToCall } from './callback-ties.ts'
import { noteCall } from './call-note.ts'
import { createsByLine } from './lines.ts'
import { callInit, callTalking } from './events.ts'
import { madeBy, newCallId, newCallRow, tiedCard } from './new-call.ts'
import { findReported, hear, type Named, type Reporter } from './reporter.ts'

/** A registration by an app (contract 4.2); `undefined` = not given. */
export interface Registration extends Named {
  readonly phoneNumber: string
  readonly type: number
  readonly startedAt: number | undefined
  readonly crmCreate: boolean
  readonly crmSource: string
  readonly entity: CalledCard | null
  readonly show: boolean
  /** ADD_TO_CHAT: a note on the card's timeline */
  readonly note: boolean
  readonly callListId: number
  readonly lineNumber: string | undefined
  readonly externalCallId: string | undefined
}

/** A registered call and what was made for it. */
export interface Registered {
  readonly call: Row<'call'>
  /** what was made for it, now or when it was first registered */
  readonly made: readonly MadeCard[]
  /** why not all that was asked for could be made, in words (LEAD_CREATION_ERROR) */
  readonly problem: string | null
}

/** The window in which `register` answers an open call of the same key (contract 4.2). */
export const reuseWindowMs = 30 * 60_000

/** Calls that an app registers by itself. */
export function createRegistrations(parts: CallsParts) {
  return {
    /** Registers a call, or answers the newest open one of the same key (contract 4.2, design 11.2). */
    async register(reporter: Reporter, registration: Registration): Promise<Registered> {
      return parts.store.transaction(async (tx) => {
        const user = await findReported(tx.db, reporter.portalId, registration)
        if (![1, 2, 3, 4, 5].includes(registration.type)) throw new PortalError('call_type')
        const { country } = await tx.db.selectFrom('portal').select('country').where('id', '=', reporter.portalId).executeTakeFirstOrThrow()
        const phone = readPhone(registration.phoneNumber, { country, allowServiceCodes: true })
        if (!phone.dialable.ok) throw new PortalError('phone_format')
        const found = await findReusable(parts, tx, reporter, { registration, userId: user.id, digits: phone.digits })
        if (found) {
          hear(parts, tx, found)
          if (registration.show) await showTo(parts, tx, found, [user.id])
          return { call: found, made: madeBy(found), problem: null }
        }
        return registerNew(parts, tx, { reporter, registration, user, phone })
      })
    },
  }
}

/** The newest open call of the key that had a word from its app within the window */
function findReusable(
  parts: CallsParts,
  tx: Tx,
  reporter: Reporter,
  { registration, userId, digits }: { registration: Registration; userId: number; digits: string },
): Promise<Row<'call'> | undefined> {
  if (!parts.switches.of(reporter.portalId).reuseWindow) return Promise.resolve(undefined)
  const since = parts.clock.now() - reuseWindowMs
  let query = tx.db
    .selectFrom('call')
    .selectAll()
    .where('portal_id', '=', reporter.portalId)
    .where('owner', '=', reporter.owner)
    .where('digits', '=', digits)
    .where('type', '=', registration.type)
    .where('user_id', '=', userId)
    .where('reusable', '=', 1)
    .where((eb) => eb.or([eb('created_at', '>', since), eb('reported_at', '>', since)]))
  if (registration.lineNumber !== undefined) query = query.where('line_number', '=', registration.lineNumber)
  if (registration.externalCallId !== undefined) query = query.where('external_call_id', '=', registration.externalCallId)
  return query.orderBy('id', 'desc').executeTakeFirst()
}

interface NewCall {
  readonly reporter: Reporter
  readonly registration: Registration
  readonly user: Row<'user'>
  readonly phone: ReturnType<typeof readPhone>
}

async function registerNew(parts: CallsParts, tx: Tx, { reporter, registration, user, phone }: NewCall): Promise<Registered> {
  const { store, clock, crm } = parts
  const { portalId } = reporter
  const now = clock.now()
  const given = registration.entity ? await crm.find(portalId, registration.entity, tx.db) : null
  const found = given ? [given] : await crm.findByPhone(portalId, phone.digits, tx.db)
  const { crmMode: mode, repeatSales } = parts.switches.of(portalId)
  const line = { portalId, owner: reporter.owner, number: registration.type === 1 ? (registration.lineNumber ?? '') : '' }
  const wish = { portalId, userId: user.id, actorId: reporter.userId, number: phone.phoneNumber, type: registration.type }
  const { made, problem } =
    registration.crmCreate || (await createsByLine(tx.db, line))
      ? await crm.autoCreate(tx, { ...wish, sourceId: registration.crmSource, found, mode, repeatSales })
      : { made: [], problem: null }
  const asked = registration.type === 4 ? await findAsked(tx, { reporter, digits: phone.digits, now }) : undefined
  const call = newCallRow({
    phone,
    entity: tiedCard(found, made),
    made,
    now,
    columns: {
      id: store.nextId('call'),
      portal_id: portalId,
      call_id: newCallId(now),
      type: registration.type,
      user_id: user.id,
      owner: reporter.owner,
      line_number: registration.lineNumber ?? '',
      number: registration.phoneNumber,
      external_call_id: registration.externalCallId ?? null,
      call_list_id: registration.callListId,
      crm_create: registration.crmCreate ? 1 : 0,
      crm_source: registration.crmSource,
      reported_at: now,
      trace_id: asked?.trace_id ?? null,
      started_at: registration.startedAt ?? now,
    },
  })
  tx.insert('call', call)
  if (asked) tieToCall(parts, tx, asked, call)
  if (registration.show)
    tx.insert('call_card', {
      call_id: call.call_id,
      user_id: user.id,
      portal_id: reporter.portalId,
      shown_at: now,
      hidden_at: null,
      dismissed_at: null,
    })
  parts.outbox.emit(
    tx,
    callInit,
    { callId: call.call_id, type: call.type, number: call.number, appId: idOf(reporter.owner, 'app') },
    { portalId: reporter.portalId, userId: reporter.userId },
  )
  if (parts.switches.of(reporter.portalId).callStartEvent)
    parts.outbox.emit(tx, callTalking, { callId: call.call_id, userId: user.id }, { portalId: reporter.portalId, userId: reporter.userId })
  if (registration.note) await noteCall(parts, tx, { call, userId: user.id })
  tx.afterCommit(() => parts.changed(reporter.portalId, ['calls', `call:${call.call_id}`]))
  return { call, made, problem }
}
