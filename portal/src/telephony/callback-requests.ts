/** Requests of visitors to be called back: read, limited, written down with their trace, and sent to the form's target. */
import type { Kysely } from 'kysely'
import { idOf } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { CalledCard, CrmOfCalls } from '../crm/call-crm.ts'
import { originOfNumber } from '../crm/phone-country.ts'
import { readPhone } from '../crm/phones.ts'
import type { SwitchBoard } from '../directory/switches.ts'
import { PortalError } from '../errors.ts'
import type { BoundHandler } from '../events/bindings.ts'
import type { Outbox } from '../events/outbox.ts'
import type { Store, Tx } from '../store/store.ts'
import type { CallbackOutcome, NewRow, Row, Tables } from '../store/tables.ts'
import { listsOf } from './callback-forms.ts'
import { findLimit, hashAddress, type Limited } from './callback-limits.ts'
import { tellResponsible, type CallbackNoteParts } from './callback-outcomes.ts'
import { callbackAsked } from './events.ts'
import { tiedCard } from './new-call.ts'
import { requestKeyOf } from './request-key.ts'
import type { Target, TargetProblem, Targets } from './targets.ts'

/** What a visitor sends. */
export interface VisitorRequest {
  /** names the form */
  readonly key: string
  /** as typed */
  readonly number: string
  /** the visitor's network address, after trusted proxies */
  readonly address: string
  /** of the page that sent it, when it was another site's; else '' */
  readonly origin: string
}

/** What requests need. */
export interface CallbackRequestsParts extends CallbackNoteParts {
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Outbox
  readonly targets: Pick<Targets, 'find' | 'handlersFor'>
  readonly crm: Pick<CrmOfCalls, 'findByPhone' | 'autoCreate'>
  readonly switches: Pick<SwitchBoard, 'of'>
  /** visitors' addresses are kept as hashes under this key */
  readonly addressKey: Buffer
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}

/** The same number sent again to the same form within this time is the same request. */
const repeatMs = 120_000

/** A number as the form reads it. */
interface VisitorNumber {
  readonly international: string
  readonly digits: string
  readonly country: string
}

type Answer =
  | { readonly kind: 'taken'; readonly repeated: boolean }
  | { readonly kind: 'not_ready' }
  | { readonly kind: 'country' }
  | ({ readonly kind: 'limit' } & Limited)

/** Builds the verbs on requests. */
export function createCallbackRequests(parts: CallbackRequestsParts) {
  const { store } = parts

  return {
    /**
     * Takes a visitor's request: it is durable, and on its way to the app, when this answers. Throws `callback_*` and `number_*`. What is
     * refused again, or sent again, is known by reading: a flood does not get to the writer.
     */
    async ask(asked: VisitorRequest): Promise<{ readonly repeated: boolean }> {
      const form = await findOpen(store.read, asked.key)
      const number = await readNumber(store, form, asked.number)
      const target = form.target === null ? null : await parts.targets.find(form.portal_id, form.target, callbackAsked.name)
      const addressHash = hashAddress(parts.addressKey, form.portal_id, asked.address)
      const one = { form, number, target, addressHash, origin: asked.origin }
      const known = await foresee(store.read, one, parts.clock.now())
      const isOld = known !== null && (known.kind !== 'limit' || known.isNoted)
      const answer = isOld ? known : await store.transaction((tx) => decide(parts, tx, one))
      if (answer.kind === 'taken') return { repeated: answer.repeated }
      throw refusalOf(answer, form)
    },

    /** A form's requests, newest first, with the calls that they became. */
    async list(form: Pick<Row<'callback_form'>, 'id' | 'portal_id'>, { beforeId, limit }: { beforeId: number | null; limit: number }) {
      let rows = store.read.selectFrom('callback_request').where('callback_request.form_id', '=', form.id)
      if (beforeId !== null) rows = rows.where('callback_request.id', '<', beforeId)
      return rows
        .leftJoin('call', 'call.call_id', 'callback_request.call_id')
        .leftJoin('user', 'user.id', 'call.user_id')
        .selectAll('callback_request')
        .select(['call.state as call_state', 'call.duration as call_duration', 'call.status_code as call_status'])
        .select(['user.name as user_name', 'user.last_name as user_last_name'])
        .orderBy('callback_request.id', 'desc')
        .limit(limit)
        .execute()
    },
  }
}

/** The verbs on requests. */
export type CallbackRequests = ReturnType<typeof createCallbackRequests>

function refusalOf(answer: Exclude<Answer, { kind: 'taken' }>, form: Row<'callback_form'>): PortalError {
  if (answer.kind === 'country') return new PortalError('callback_country', { countries: listsOf(form).countries.join(', ') })
  if (answer.kind === 'not_ready') return new PortalError('callback_not_ready', { retryAfterSeconds: 600 })
  const seconds = Math.max(1, Math.ceil(answer.retryAfterMs / 1000))
  return new PortalError('callback_limit', { retryAfterSeconds: seconds, minutes: Math.ceil(seconds / 60) })
}

/** The number in full; one without + belongs to the form's first country. Short numbers and service codes are no customers. */
async function readNumber(store: Store, form: Row<'callback_form'>, typed: string): Promise<VisitorNumber> {
  const { country: home } = await store.read
    .selectFrom('portal')
    .select('country')
    .where('id', '=', form.portal_id)
    .executeTakeFirstOrThrow()
  const { countries } = listsOf(form)
  const phone = readPhone(typed, { country: countries.includes(home) ? home : (countries[0] ?? home) })
  if (phone.phoneNumber === '') throw new PortalError('number_empty')
  if (!phone.dialable.ok || !/^\+\d{7,15}$/.test(phone.international))
    throw new PortalError('callback_number', { number: phone.phoneNumber.slice(0, 60) })
  const { country, isPremium } = originOfNumber(phone.international)
  return { international: phone.international, digits: phone.digits, country: isPremium ? '' : country }
}

interface Case {
  readonly form: Row<'callback_form'>
  readonly number: VisitorNumber
  readonly target: Target | null
  readonly addressHash: string
  readonly origin: string
}

async function findOpen(db: Kysely<Tables>, key: string): Promise<Row<'callback_form'>> {
  const open = db.selectFrom('callback_form').selectAll().where('public_key', '=', key).where('enabled', '=', 1)
  const form = await open.where('deleted_at', 'is', null).executeTakeFirst()
  if (!form) throw new PortalError('callback_form_off')
  return form
}

/** What the requests before decide; null when they decide nothing. */
async function foresee(db: Kysely<Tables>, { form, number, target, addressHash }: Case, now: number): Promise<Answer | null> {
  const recent = await db
    .selectFrom('callback_request')
    .select('outcome')
    .where('form_id', '=', form.id)
    .where('digits', '=', number.digits)
    .where('created_at', '>', now - repeatMs)
    .where('outcome', 'not in', ['refused_country', 'refused_limit', 'failed', 'expired'])
    .orderBy('id', 'desc')
    .executeTakeFirst()
  if (recent?.outcome === 'skipped' && (await problemOf(db, target)) !== null) return { kind: 'not_ready' }
  if (recent && recent.outcome !== 'skipped') return { kind: 'taken', repeated: true }
  const limit = await findLimit(db, { form, digits: number.digits, addressHash, now })
  return limit && { kind: 'limit', ...limit }
}

/** A transaction that reads has the database to itself, in all processes: requests that come together are counted one after the other. */
async function decide(parts: CallbackRequestsParts, tx: Tx, asked: Case): Promise<Answer> {
  const now = parts.clock.now()
  const form = await findOpen(tx.db, asked.form.public_key)
  const { number, target, addressHash, origin } = asked
  const row: NewRow<'callback_request'> = {
    portal_id: form.portal_id,
    form_id: form.id,
    number: number.international,
    digits: number.digits,
    country: number.country,
    address_hash: addressHash,
    origin,
    owner: '',
    entity_type: '',
    entity_id: 0,
    outcome: 'waiting',
    reason: null,
    trace_id: null,
    call_id: null,
    created_at: now,
  }
  const refuse = async (outcome: CallbackOutcome, reason: string | null): Promise<void> => {
    tx.afterCommit(() => parts.changed(form.portal_id, ['callback-requests']))
    await tx.db
      .insertInto('callback_request')
      .values({ ...row, outcome, reason })
      .execute()
  }
  const known = await foresee(tx.db, { ...asked, form }, now)
  if (known?.kind === 'limit' && !known.isNoted) await refuse('refused_limit', known.reason)
  if (known) return known
  if (listsOf(form).countries.includes(number.country))
    return take(parts, tx, { row, form, number, target, problem: await problemOf(tx.db, target) })
  await refuse('refused_country', null)
  return { kind: 'country' }
}

/** The app must still be installed when the request commits. */
async function problemOf(db: Kysely<Tables>, target: Target | null): Promise<TargetProblem | null> {
  if (!target) return 'no_target'
  const appId = idOf(target.handlerOwner, 'app')
  if (appId === null || target.problem) return target.problem
  const app = await db.selectFrom('app').select('installed').where('id', '=', appId).where('deleted_at', 'is', null).executeTakeFirst()
  return app?.installed === 1 ? null : 'not_installed'
}

interface Taken extends Omit<Case, 'addressHash' | 'origin'> {
  readonly row: NewRow<'callback_request'>
  readonly problem: TargetProblem | null
}

/** The row, its trace, the lead, and the event for the target alone (the same gates as a click's). */
async function take(parts: CallbackRequestsParts, tx: Tx, { row, form, number, target, problem }: Taken): Promise<Answer> {
  const { portal_id: portalId, user_id: userId } = form
  const entity = await findEntity(parts, tx, form, number)
  const handlers = target && problem === null ? parts.targets.handlersFor(portalId, target, null, callbackAsked.name) : []
  const isSent = target !== null && handlers.length > 0
  const reason = isSent ? null : (problem ?? 'handler_disabled')
  const traceId = parts.store.nextId('trace')
  tx.afterCommit(() => parts.changed(portalId, ['callback-requests']))
  const { id } = await tx.db
    .insertInto('callback_request')
    .values({
      ...row,
      owner: target?.kind === 'webhook' ? 'incoming' : (target?.handlerOwner ?? ''),
      entity_type: entity?.type ?? '',
      entity_id: entity?.id ?? 0,
      outcome: isSent ? 'waiting' : 'skipped',
      reason,
      trace_id: traceId,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const targetTitle = target?.title ?? null
  tx.insert('trace', {
    id: traceId,
    portal_id: portalId,
    user_id: userId,
    number: number.international,
    digits: number.digits,
    outcome: isSent ? 'registered' : 'skipped',
    reason,
    target: target?.id ?? null,
    call_id: requestKeyOf(id),
    detail: JSON.stringify({ callbackForm: { id: form.id, title: form.title }, number: number.international, targetTitle }),
    created_at: row.created_at,
  })
  if (!isSent) {
    await tellResponsible(parts, tx, {
      form,
      id,
      number: number.international,
      outcome: 'skipped',
      reason,
      targetTitle: targetTitle ?? '',
      traceId,
    })
    return { kind: 'not_ready' }
  }
  send(parts, tx, { form, number, entity, target, handlers, requestKey: requestKeyOf(id) })
  return { kind: 'taken', repeated: false }
}

interface Sending {
  readonly form: Row<'callback_form'>
  readonly number: VisitorNumber
  readonly entity: CalledCard | null
  readonly target: Target
  readonly handlers: readonly BoundHandler[]
  readonly requestKey: string
}

/** Nobody's tokens, unless the form lends those of its responsible user (contract 13.25). */
function send({ outbox, switches }: CallbackRequestsParts, tx: Tx, { form, number, entity, target, handlers, requestKey }: Sending): void {
  const { portal_id: portalId, user_id: userId } = form
  const fact = {
    number: number.international,
    text: form.spoken_text,
    voice: form.voice,
    entityType: entity?.type ?? handlers[0]?.ownerUnknownEntity ?? switches.of(portalId).unknownEntity,
    entityId: entity?.id ?? 0,
    lineNumber: target.lineNumber,
    requestKey,
  }
  outbox.emit(tx, callbackAsked, fact, { portalId, userId: form.with_tokens === 1 ? userId : null, handlers })
}

/** The card with the number. What a form that makes cards adds is what a call of TYPE 4 with CRM_CREATE would (contract 4.2). */
async function findEntity(
  { crm, switches }: CallbackRequestsParts,
  tx: Tx,
  form: Row<'callback_form'>,
  { digits, international }: VisitorNumber,
): Promise<CalledCard | null> {
  const { portal_id: portalId, user_id: userId } = form
  const found = await crm.findByPhone(portalId, digits, tx.db)
  if (form.create_lead === 0) return found[0] ?? null
  const { crmMode: mode, repeatSales } = switches.of(portalId)
  const wish = { portalId, userId, actorId: userId, number: international, type: 4, sourceId: 'CALLBACK', found, mode, repeatSales }
  return tiedCard(found, (await crm.autoCreate(tx, wish)).made)
}
