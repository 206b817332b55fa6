import type { Kysely } from 'kysely'
import type { Tx } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import { assignCreated, autoCreate, type CreatedCard } from './auto-create.ts'
import type { CallLists } from './call-lists.ts'
import type { EntityType } from './classic-fields.ts'
import type { Entities } from './entities.ts'
import type { Lookup, Match } from './lookup.ts'
import type { Notes } from './notes.ts'
import type { Timeline } from './timeline.ts'

/** A card as the telephony contract names it. */
export interface CalledCard {
  readonly type: 'CONTACT' | 'COMPANY' | 'LEAD'
  readonly id: number
}

/** A card that a call made, as CRM_CREATED_ENTITIES names it. */
export interface MadeCard {
  readonly type: CalledCard['type'] | 'DEAL'
  readonly id: number
}

/** What a call made. */
export interface Made {
  readonly made: readonly MadeCard[]
  /** why not all that was wanted could be made, in words */
  readonly problem: string | null
}

/** A call that asks for cards: its client is unknown, or may have nothing going on (contract 4.2). */
export interface CreationWish {
  readonly portalId: number
  /** the call's user: responsible unless the client has somebody */
  readonly userId: number
  /** who caused it: the events carry their tokens */
  readonly actorId: number
  readonly number: string
  /** TYPE of the call */
  readonly type: number
  readonly sourceId: string
  /** the cards of the number, best first */
  readonly found: readonly FoundCard[]
  readonly mode: 'classic' | 'simple'
  readonly repeatSales: boolean
}

/** A card with its name and its responsible user. */
export interface FoundCard extends CalledCard {
  readonly title: string
  readonly assignedById: number
}

/** A finished call for the timeline. Times in milliseconds. */
export interface FinishedCall {
  readonly portalId: number
  readonly callId: string
  readonly entity: CalledCard
  /** what the call made: its activity stands there too */
  readonly made: readonly MadeCard[]
  readonly type: number
  readonly isMissed: boolean
  readonly userId: number
  /** who reported it; null: the portal itself */
  readonly actorId: number | null
  readonly number: string
  readonly startedAt: number
  readonly endedAt: number
}

/** The CRM as telephony sees it: it asks by numbers and reports calls. */
export interface CrmOfCalls {
  findByPhone(portalId: number, digits: string, db?: Kysely<Tables>): Promise<readonly FoundCard[]>
  find(portalId: number, card: CalledCard, db?: Kysely<Tables>): Promise<FoundCard | null>
  /** Whom a click on a deal calls: its contact, else its company, else nobody who is known; undefined: there is no such deal (contract 13.7). */
  partyOfDeal(portalId: number, dealId: number): Promise<FoundCard | null | undefined>
  /** Makes a lead, a contact with a deal, or one more lead or deal; nothing when there is no need. What a call is tied to comes first. */
  autoCreate(tx: Tx, wish: CreationWish): Promise<Made>
  /** `userId` becomes responsible for what a call made; `actorId` caused it */
  assign(tx: Tx, made: readonly MadeCard[], by: { portalId: number; userId: number; actorId: number }): Promise<void>
  /** One note of a call on its card (ADD_TO_CHAT); a later one replaces it. */
  note(tx: Tx, note: { portalId: number; callId: string; entity: CalledCard; userId: number; text: string }): Promise<void>
  /** null: the card was deleted meanwhile, so there is nothing to write it on */
  addActivity(tx: Tx, call: FinishedCall): Promise<number | null>
  correctActivity(tx: Tx, activityId: number, call: FinishedCall): Promise<void>
  /** `isSuccess`: who is still to be called is marked as reached */
  tieToCallList(
    tx: Tx,
    tie: { portalId: number; callListId: number; entity: CalledCard; callId: string; isSuccess: boolean },
  ): Promise<void>
  callListExists(portalId: number, callListId: number): Promise<boolean>
}

function typeOf(card: CalledCard): EntityType {
  return card.type.toLowerCase() as EntityType
}

function found(match: Match): FoundCard {
  return { type: match.type.toUpperCase() as FoundCard['type'], id: match.id, title: match.title, assignedById: match.responsibleId }
}

function madeOf(cards: readonly MadeCard[]): CreatedCard[] {
  return cards.flatMap(({ type, id }) => (type === 'COMPANY' ? [] : [{ type: type.toLowerCase() as CreatedCard['type'], id }]))
}

function factsOf({ entity, made, isMissed, number, ...call }: FinishedCall) {
  const card = { type: typeOf(entity), id: entity.id }
  return { ...call, card, created: madeOf(made), isAnswered: !isMissed, phoneNumber: number }
}

/** Builds telephony's view of the CRM out of its parts. */
export function createCrmOfCalls({
  entities,
  lookup,
  timeline,
  callLists,
  notes,
}: {
  entities: Entities
  lookup: Lookup
  timeline: Timeline
  callLists: CallLists
  notes: Notes
}): CrmOfCalls {
  return {
    findByPhone: async (portalId, digits, db) => (await lookup.findByPhone(portalId, digits, db)).map(found),

    async find(portalId, card, db) {
      const [match] = (await lookup.describe(portalId, [{ type: typeOf(card), id: card.id }], db)).values()
      return match ? found(match) : null
    },

    async partyOfDeal(portalId, dealId) {
      const party = await lookup.callParty(portalId, dealId)
      if (!party) return party
      const [match] = (await lookup.describe(portalId, [party])).values()
      return match ? found(match) : null
    },

    async autoCreate(tx, { portalId, actorId, type, found: cards, ...wish }) {
      const known = cards.map((card) => ({ type: typeOf(card), id: card.id, title: card.title, responsibleId: card.assignedById }))
      const wanted = { ...wish, callType: type, found: known, by: { portalId, userId: actorId } }
      const { created, problem } = await autoCreate(entities, tx, wanted)
      return { made: created.map((card) => ({ type: card.type.toUpperCase() as MadeCard['type'], id: card.id })), problem }
    },

    async assign(tx, made, { portalId, userId, actorId }) {
      await assignCreated(entities, tx, { cards: madeOf(made), userId, by: { portalId, userId: actorId } })
    },

    async note(tx, { portalId, callId, entity, userId, text }) {
      await notes.sayOfCall(tx, { card: { type: typeOf(entity), id: entity.id }, callId, text, by: { portalId, userId } })
    },

    addActivity: (tx, call) => timeline.addCallActivity(tx, factsOf(call)),

    async correctActivity(tx, activityId, call) {
      await timeline.correctCallActivity(tx, activityId, factsOf(call))
    },

    tieToCallList: (tx, { entity, ...call }) => callLists.tieCall(tx, { ...call, entity: { type: typeOf(entity), id: entity.id } }),

    callListExists: async (portalId, callListId) => (await callLists.find(portalId, callListId)) !== null,
  }
}
