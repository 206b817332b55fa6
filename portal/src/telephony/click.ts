/** The click: number normalised → target chosen → call registered and announced, in one durable step. */
import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { readPhone, type PhoneReading } from '../crm/phones.ts'
import { PortalError } from '../errors.ts'
import type { BoundHandler } from '../events/bindings.ts'
import { startClickSpan, traceparentOf } from '../events/delivery-spans.ts'
import type { DeliveryJob, Outbox } from '../events/outbox.ts'
import type { SwitchBoard } from '../directory/switches.ts'
import { GuardFailed } from '../store/engine.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { idOf } from '../caller.ts'
import type { CrmOfCalls, CalledCard, FoundCard, MadeCard } from '../crm/call-crm.ts'
import { callInit, callStarted, callTalking } from './events.ts'
import { createsByLine } from './lines.ts'
import { newCallId, newCallRow, tiedCard } from './new-call.ts'
import { presentCall, type PresentedCall } from './presented.ts'
import type { Chosen, Target, TargetProblem, Targets } from './targets.ts'

/** What a person clicked. */
export interface Click {
  readonly portalId: number
  readonly userId: number
  readonly number: string
  /** the card that it was clicked on; a call is never that of a deal, but of its contact or company (contract 13.7) */
  readonly entity: CalledCard | { readonly type: 'DEAL'; readonly id: number } | null
  /** 0 when it was no call list */
  readonly callListId: number
  readonly isMobile: boolean
}

/** `skipped`: nothing was called; `reason` and `target` say why (design 11.4). */
export type ClickOutcome =
  | {
      readonly outcome: 'registered'
      readonly callId: string
      /** a double click: the call of the click before */ readonly repeated: boolean
      /** the call as its card shows it; null: it is to be read */
      readonly call: PresentedCall | null
    }
  | { readonly outcome: 'skipped'; readonly reason: TargetProblem; readonly target: Target | null; readonly traceId: number }

/** What clicks need. */
export interface ClickParts {
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Outbox
  readonly targets: Targets
  readonly crm: CrmOfCalls
  readonly switches: Pick<SwitchBoard, 'of'>
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}

/** A second click within this time is the same click, whatever became of the first (design 11.2). */
const doubleClickMs = 3000

/** Refuses what is no number, before any call exists (design 11.5). */
export function requireDialable(reading: PhoneReading, typed: string): void {
  if (reading.dialable.ok) return
  if (reading.dialable.code === 'service_code') throw new PortalError('number_service_code')
  if (reading.dialable.code === 'empty') throw new PortalError('number_empty')
  throw new PortalError('number_letters', { number: typed.slice(0, 60) })
}

/** What a click needs to know of its portal and user. */
type Clicker = Pick<Row<'user'>, 'name' | 'last_name' | 'is_active'> &
  Pick<Row<'portal'>, 'country' | 'allow_service_codes' | 'allow_user_targets'> & {
    readonly user_target: string | null
    readonly portal_target: string | null
  }

/** Builds the verb `click`. */
export function createClicks(clickParts: ClickParts) {
  const { store, targets, crm } = clickParts
  const parts: ClickWriting = { ...clickParts, latch: prepareLatch(store), repeated: prepareRepeated(store) }

  const findClicker = store.prepareRemembered(['user', 'portal'], (db, { userId, portalId }: { userId: number; portalId: number }) =>
    db
      .selectFrom('user')
      .innerJoin('portal', 'portal.id', 'user.portal_id')
      .select(['user.name', 'user.last_name', 'user.is_active', 'user.target as user_target'])
      .select(['portal.country', 'portal.allow_service_codes', 'portal.allow_user_targets', 'portal.target as portal_target'])
      .where('user.id', '=', userId)
      .where('user.portal_id', '=', portalId),
  )

  const readClicker = async (click: Click): Promise<Clicker> => {
    const [clicker] = await findClicker({ userId: click.userId, portalId: click.portalId })
    if (!clicker || clicker.is_active === 0) throw new PortalError('access_denied')
    return clicker
  }

  const findCards = async (click: Click, digits: string): Promise<readonly FoundCard[]> => {
    if (!click.entity) return crm.findByPhone(click.portalId, digits)
    const { type, id } = click.entity
    const found = type === 'DEAL' ? await crm.partyOfDeal(click.portalId, id) : await crm.find(click.portalId, { type, id })
    if (found === null && type === 'DEAL') return crm.findByPhone(click.portalId, digits)
    if (!found) throw new PortalError('entity_unknown', { kind: type.toLowerCase(), id })
    return [found]
  }

  /** What an outgoing call on a line with CRM_AUTO_CREATE makes, if there may be need of it (contract 4.2). */
  const wishOf = async (click: Click, target: Target, found: readonly FoundCard[]): Promise<CardWish | null> => {
    const { crmMode: mode, repeatSales } = parts.switches.of(click.portalId)
    if (target.kind !== 'line' || (found.length > 0 && !repeatSales)) return null
    const line = { portalId: click.portalId, owner: target.handlerOwner, number: target.lineNumber }
    return (await createsByLine(store.read, line)) ? { mode, repeatSales } : null
  }

  return {
    async click(click: Click): Promise<ClickOutcome> {
      const startedAt = parts.clock.now()
      const clicker = await readClicker(click)
      const phone = readPhone(click.number, { country: clicker.country, allowServiceCodes: clicker.allow_service_codes === 1 })
      requireDialable(phone, click.number)
      if (click.callListId !== 0 && !(await crm.callListExists(click.portalId, click.callListId)))
        throw new PortalError('call_list_unknown', { id: click.callListId })
      const found = await findCards(click, phone.digits)
      const chosen = await targets.choose(
        { id: click.portalId, target: clicker.portal_target, allow_user_targets: clicker.allow_user_targets },
        { target: clicker.user_target },
      )
      const { target, problem } = chosen
      if (!target || problem) return skip(parts, click, { phone, chosen })
      const handlers = targets.handlersFor(click.portalId, target, click.userId)
      return register(parts, click, { clicker, phone, found, wish: await wishOf(click, target, found), target, handlers, startedAt })
    },
  }
}

/** The verbs on clicks. */
export type Clicks = ReturnType<typeof createClicks>

/** No call, no CALL_ID, no event: only the trace says that somebody clicked (design 11.4). */
async function skip(
  { store, clock }: ClickParts,
  click: Click,
  { phone, chosen }: { phone: PhoneReading; chosen: Chosen },
): Promise<ClickOutcome> {
  const reason = chosen.problem ?? 'no_target'
  const id = store.nextId('trace')
  await store.transaction((tx) =>
    tx.insert('trace', {
      id,
      portal_id: click.portalId,
      user_id: click.userId,
      number: phone.phoneNumber,
      digits: phone.digits,
      outcome: 'skipped',
      reason,
      target: chosen.target?.id ?? null,
      call_id: null,
      detail: JSON.stringify({ typed: click.number, ...phone, targetTitle: chosen.target?.title ?? null }),
      created_at: clock.now(),
    }),
  )
  return { outcome: 'skipped', reason, target: chosen.target, traceId: id }
}

interface CardWish {
  readonly mode: 'classic' | 'simple'
  readonly repeatSales: boolean
}

/** The parts, with the statements of a click compiled. */
interface ClickWriting extends ClickParts {
  readonly latch: ReturnType<typeof prepareLatch>
  readonly repeated: ReturnType<typeof prepareRepeated>
}

interface Decided {
  readonly clicker: Clicker
  readonly phone: PhoneReading
  /** cards of the number, best first */
  readonly found: readonly FoundCard[]
  /** null: no card is to be made */
  readonly wish: CardWish | null
  readonly target: Target
  readonly handlers: readonly BoundHandler[]
  readonly startedAt: number
}

async function register(parts: ClickWriting, click: Click, decided: Decided): Promise<ClickOutcome> {
  const { store, clock } = parts
  const now = clock.now()
  const callId = newCallId(now)
  const traceId = store.nextId('trace')
  const span = startClickSpan(callId, decided.startedAt)
  try {
    const call = await store.transaction(async (tx) => {
      const appId = idOf(decided.target.handlerOwner, 'app') ?? 0
      const { portalId, userId } = click
      const latch = { portalId, userId, digits: decided.phone.digits, callId, now, doubleSince: now - doubleClickMs, appId }
      tx.write(parts.latch(latch), { name: 'latch', rows: 1 })
      tx.insert('trace', {
        id: traceId,
        portal_id: click.portalId,
        user_id: click.userId,
        number: decided.phone.phoneNumber,
        digits: decided.phone.digits,
        outcome: 'registered',
        reason: null,
        target: decided.target.id,
        call_id: callId,
        detail: JSON.stringify({ typed: click.number, ...decided.phone, targetTitle: decided.target.title }),
        created_at: now,
      })
      const made = decided.wish === null ? [] : await makeCards(parts, tx, { click, decided, wish: decided.wish })
      const row = callRow({ id: store.nextId('call'), callId, traceId, click, decided, made, now })
      tx.insert('call', row)
      tx.insert('call_card', {
        call_id: callId,
        user_id: click.userId,
        portal_id: click.portalId,
        shown_at: now,
        hidden_at: null,
        dismissed_at: null,
      })
      const jobs = announce(parts, tx, { click, decided, row, traceparent: traceparentOf(span) })
      tx.afterCommit(() => parts.changed(click.portalId, ['calls', `call:${callId}`], [click.userId]))
      return presentFresh(row, decided, jobs)
    })
    await postIsWritten()
    return { outcome: 'registered', callId, repeated: false, call }
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error
    // either the app was uninstalled meanwhile, or another click of this number stands
    const target = await parts.targets.find(click.portalId, decided.target.id)
    const isGone = target === null || target.problem === 'not_installed'
    return await (isGone ? repeatWithoutTarget(parts, click, decided) : findRepeated(parts, click, decided.phone.digits))
  } finally {
    span.end()
  }
}

/**
 * The POST goes before the answer to who clicked: on a connection that was idle, undici first looks for what has come in on it, and writes in the next turn
 * of the loop. An answer that is made before it costs the handler a tenth of a millisecond.
 */
function postIsWritten(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** The call as it stands right after its commit; null when somebody else's name would have to be read for it, or cards were made. */
function presentFresh(row: Row<'call'>, decided: Decided, jobs: readonly DeliveryJob[]): PresentedCall | null {
  const { clicker, phone, found, target, handlers } = decided
  const card = found.find((one) => one.type === row.entity_type && one.id === row.entity_id) ?? null
  if ((card === null && row.entity_type !== '') || (card !== null && card.assignedById !== row.user_id)) return null
  const userName = `${clicker.name} ${clicker.last_name}`.trim()
  const job = jobs.findLast((one) => one.reserved) ?? jobs.at(-1)
  const ownerTitle = handlers[0]?.ownerTitle ?? target.title
  const state = job?.reserved ? ('sending' as const) : ('pending' as const)
  return presentCall(row, {
    display: phone.display,
    card,
    responsibleName: userName,
    userName,
    delivery: job ? { id: job.id, state, reason: null, handlerTitle: ownerTitle, refusal: null } : null,
    target: ownerTitle,
    statistic: undefined,
    recordProblem: null,
    recording: undefined,
    viewers: [{ id: row.user_id, name: userName }],
    canTransfer: false,
    nowMs: row.created_at,
  })
}

/** The target's app was uninstalled between the choice and the commit. */
function repeatWithoutTarget(parts: ClickParts, click: Click, { phone, target }: Decided): Promise<ClickOutcome> {
  return skip(parts, click, { phone, chosen: { target, from: 'portal', problem: 'not_installed' } })
}

function prepareRepeated(store: Store) {
  return store.prepareRead((db, { portalId, userId, digits }: { portalId: number; userId: number; digits: string }) =>
    db
      .selectFrom('last_click')
      .select('call_id')
      .where('portal_id', '=', portalId)
      .where('user_id', '=', userId)
      .where('digits', '=', digits),
  )
}

async function findRepeated({ repeated }: ClickWriting, click: Click, digits: string): Promise<ClickOutcome> {
  const [last] = await repeated({ portalId: click.portalId, userId: click.userId, digits })
  if (!last) throw new Error('a click was refused as repeated, and there is none before it')
  return { outcome: 'registered', callId: last.call_id, repeated: true, call: null }
}

/**
 * One row a user and number, taken over only when the click before is 3 s old and its dials have come to an end: of clicks that
 * come together, from any tab, device or process, one gets it (design 11.2). What waits in an offline queue and is still good counts as
 * such a dial. The target's app must still be installed when the click commits; `appId` 0 is no app. The statement writes its one row, or
 * nothing and the click is taken back.
 */
function prepareLatch(store: Store) {
  return store.prepare(
    (
      db,
      {
        portalId,
        userId,
        digits,
        callId,
        now,
        doubleSince,
        appId,
      }: { portalId: number; userId: number; digits: string; callId: string; now: number; doubleSince: number; appId: number },
    ) =>
      sql`
        insert into last_click (portal_id, user_id, digits, call_id, created_at)
        select cast(${portalId} as bigint), cast(${userId} as bigint), ${digits}, ${callId}, cast(${now} as bigint)
        where cast(${appId} as bigint) = 0
          or exists (select 1 from app where app.id = ${appId} and app.installed = 1 and app.deleted_at is null)
        on conflict (portal_id, user_id, digits) do update set call_id = excluded.call_id, created_at = excluded.created_at
        where last_click.created_at <= ${doubleSince}
          and not exists (
            select 1 from delivery where delivery.call_id = last_click.call_id
              and delivery.delivery_class = 'dial' and delivery.state in ('pending', 'sending', 'retrying'))
          and not exists (
            select 1 from offline_event where offline_event.call_id = last_click.call_id
              and offline_event.process_id = '' and offline_event.expires_at > ${now})`.compile(db),
  )
}

function announce(
  { outbox, switches }: ClickParts,
  tx: Tx,
  { click, decided, row, traceparent }: { click: Click; decided: Decided; row: Row<'call'>; traceparent: string },
): readonly DeliveryJob[] {
  const { phone, target, handlers } = decided
  const about = { portalId: click.portalId, userId: click.userId, traceparent }
  outbox.emit(tx, callInit, { callId: row.call_id, type: 1, number: phone.phoneNumber, appId: idOf(target.handlerOwner, 'app') }, about)
  const { callStartEvent, unknownEntity } = switches.of(click.portalId)
  if (callStartEvent) outbox.emit(tx, callTalking, { callId: row.call_id, userId: click.userId }, about)
  const fact = {
    phoneNumber: phone.phoneNumber,
    international: phone.international,
    extension: phone.extension,
    userId: click.userId,
    callListId: click.callListId,
    lineNumber: target.lineNumber,
    isMobile: click.isMobile,
    callId: row.call_id,
    entityType: row.entity_type === '' ? (handlers[0]?.ownerUnknownEntity ?? unknownEntity) : row.entity_type,
    entityId: row.entity_id,
  }
  return outbox.emit(tx, callStarted, fact, { ...about, handlers })
}

async function makeCards(
  { crm }: ClickParts,
  tx: Tx,
  { click, decided: { phone, found }, wish }: { click: Click; decided: Decided; wish: CardWish },
): Promise<readonly MadeCard[]> {
  const { portalId, userId } = click
  const asked = { ...wish, portalId, userId, actorId: userId, number: phone.phoneNumber, type: 1, sourceId: '', found }
  return (await crm.autoCreate(tx, asked)).made
}

interface Placed {
  readonly id: number
  readonly callId: string
  readonly traceId: number
  readonly click: Click
  readonly decided: Decided
  readonly made: readonly MadeCard[]
  readonly now: number
}

function callRow({ id, callId, traceId, click, decided: { phone, found, target }, made, now }: Placed): Row<'call'> {
  return newCallRow({
    phone,
    entity: tiedCard(found, made),
    made,
    now,
    columns: {
      id,
      portal_id: click.portalId,
      call_id: callId,
      type: 1,
      user_id: click.userId,
      // a call whose target is an outgoing webhook belongs to the incoming webhooks (design 11.3)
      owner: target.kind === 'webhook' ? 'incoming' : target.handlerOwner,
      line_number: target.lineNumber,
      number: phone.phoneNumber,
      call_list_id: click.callListId,
      is_mobile: click.isMobile ? 1 : 0,
      trace_id: traceId,
    },
  })
}
