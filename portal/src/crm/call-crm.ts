import type { Kysely } from 'kysely'
import type { Tx } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { CallLists } from './call-lists.ts'
import type { EntityType } from './classic-fields.ts'
import type { Entities } from './entities.ts'
import type { Lookup, Match } from './lookup.ts'
import type { Timeline } from './timeline.ts'

/** A card as the telephony contract names it. */
export interface CalledCard {
  readonly type: 'CONTACT' | 'COMPANY' | 'LEAD'
  readonly id: number
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
  readonly isIncoming: boolean
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
  /** `userId` becomes responsible, `actorId` caused it: its event carries their tokens */
  addLead(
    tx: Tx,
    lead: {
      portalId: number
      userId: number
      actorId: number
      number: string
      sourceId: string
      isIncoming: boolean
      /** a visitor asked to be called back */ isCallback?: boolean
    },
  ): Promise<number>
  /** null: the card was deleted meanwhile, so there is nothing to write it on */
  addActivity(tx: Tx, call: FinishedCall): Promise<number | null>
  correctActivity(tx: Tx, activityId: number, call: FinishedCall): Promise<void>
  tieToCallList(tx: Tx, tie: { portalId: number; callListId: number; entity: CalledCard; callId: string }): Promise<void>
  callListExists(portalId: number, callListId: number): Promise<boolean>
}

function typeOf(card: CalledCard): EntityType {
  return card.type.toLowerCase() as EntityType
}

function found(match: Match): FoundCard {
  return { type: match.type.toUpperCase() as FoundCard['type'], id: match.id, title: match.title, assignedById: match.responsibleId }
}

function factsOf(call: FinishedCall) {
  const { portalId, callId, userId, actorId, startedAt, endedAt } = call
  const card = { type: typeOf(call.entity), id: call.entity.id }
  return {
    portalId,
    callId,
    userId,
    actorId,
    startedAt,
    endedAt,
    card,
    type: call.isIncoming ? 2 : 1,
    isAnswered: !call.isMissed,
    phoneNumber: call.number,
  }
}

const leadWords = {
  en: { incoming: 'Incoming call', outgoing: 'Outgoing call', callback: 'Callback request' },
  ru: { incoming: 'Входящий звонок', outgoing: 'Исходящий звонок', callback: 'Заказ обратного звонка' },
} as const

/** Builds telephony's view of the CRM out of its parts. */
export function createCrmOfCalls({
  entities,
  lookup,
  timeline,
  callLists,
}: {
  entities: Entities
  lookup: Lookup
  timeline: Timeline
  callLists: CallLists
}): CrmOfCalls {
  return {
    findByPhone: async (portalId, digits, db) => (await lookup.findByPhone(portalId, digits, db)).map(found),

    async find(portalId, card, db) {
      const [match] = (await lookup.describe(portalId, [{ type: typeOf(card), id: card.id }], db)).values()
      return match ? found(match) : null
    },

    async addLead(tx, { portalId, userId, actorId, number, sourceId, isIncoming, isCallback = false }) {
      const { language } = await tx.db.selectFrom('portal').select('language').where('id', '=', portalId).executeTakeFirstOrThrow()
      const word = leadWords[language === 'ru' ? 'ru' : 'en'][isCallback ? 'callback' : isIncoming ? 'incoming' : 'outgoing']
      const fields = { title: `${word}: ${number}`.slice(0, 255), source_id: sourceId.slice(0, 255), assigned_by_id: userId }
      return entities.create(
        tx,
        'lead',
        { fields, multifields: { writes: [{ typeId: 'PHONE', value: number.slice(0, 255) }] } },
        { portalId, userId: actorId },
      )
    },

    addActivity: (tx, call) => timeline.addCallActivity(tx, factsOf(call)),

    async correctActivity(tx, activityId, call) {
      await timeline.correctCallActivity(tx, activityId, factsOf(call))
    },

    async tieToCallList(tx, { portalId, callListId, entity, callId }) {
      callLists.tieCall(tx, { portalId, callListId, entityId: entity.id, callId })
    },

    callListExists: async (portalId, callListId) => (await callLists.find(portalId, callListId)) !== null,
  }
}
