/** Which cards belong to which: a contact has one company at most, a lead and a deal one contact, a company any number of contacts. */
import { PortalError } from '../errors.ts'
import type { Store, Tx } from '../store/store.ts'
import type { EntityType } from './classic-fields.ts'
import type { Author, Entities } from './entities.ts'

/** A card that belongs to one other card. */
export interface Link {
  readonly holder: 'contact' | 'lead' | 'deal'
  readonly other: 'company' | 'contact'
}

/** Links of cards; every change is a change of the holder, said as such. */
export interface Links {
  /** The card that a holder belongs to, or null. Throws `crm_not_found`. */
  otherOf(portalId: number, link: Link, holderId: number): Promise<number | null>
  /** The holders of a card, by id. Throws `crm_not_found`. */
  holdersOf(portalId: number, link: Link, otherId: number): Promise<number[]>
  /** False when it is so already. Throws `crm_not_found`, `link_taken` when the holder belongs to another card. */
  add(tx: Tx, link: Link, ids: LinkIds, by: Author): Promise<boolean>
  /** Throws `crm_not_found`, also when there is no such link. */
  remove(tx: Tx, link: Link, ids: LinkIds, by: Author): Promise<void>
  /** Lets a holder belong to this card alone, or to none. Throws `crm_not_found`. */
  set(tx: Tx, link: Link, ids: { readonly holderId: number; readonly otherId: number | null }, by: Author): Promise<void>
  /** Makes these the holders of a card, and no others. Throws `crm_not_found`, `link_taken`. */
  setHolders(tx: Tx, link: Link, ids: { readonly otherId: number; readonly holderIds: readonly number[] }, by: Author): Promise<void>
}

/** The two ends of a link. */
export interface LinkIds {
  readonly holderId: number
  readonly otherId: number
}

/** Builds the links. */
export function createLinks({ store, entities }: { store: Store; entities: Entities }): Links {
  const current = async (tx: Tx, link: Link, holderId: number, by: Author): Promise<number | null> => {
    const card = await entities.find(by.portalId, { type: link.holder, id: holderId }, tx.db)
    if (!card) throw new PortalError('crm_not_found')
    return referenceOf(card.row, link)
  }
  const mustExist = async (portalId: number, type: EntityType, id: number, db = store.read): Promise<void> => {
    if (!(await entities.find(portalId, { type, id }, db))) throw new PortalError('crm_not_found')
  }
  const point = (tx: Tx, { holder, other }: Link, ids: { holderId: number; otherId: number | null }, by: Author): Promise<void> =>
    entities.change(tx, { type: holder, id: ids.holderId }, { fields: { [`${other}_id`]: ids.otherId ?? '' } }, by)

  const holderIds = async (db: Store['read'], portalId: number, { holder, other }: Link, otherId: number): Promise<number[]> => {
    // the tables share this column; the query is typed by one of them
    const rows = db
      .selectFrom(holder as 'deal')
      .select('id')
      .where('portal_id', '=', portalId)
    return (await rows.where(`${other}_id`, '=', otherId).orderBy('id').execute()).map((row) => row.id)
  }

  const add: Links['add'] = async (tx, link, ids, by) => {
    const before = await current(tx, link, ids.holderId, by)
    if (before === ids.otherId) return false
    if (before !== null) throw new PortalError('link_taken', { holder: link.holder, id: ids.holderId, other: link.other, otherId: before })
    await mustExist(by.portalId, link.other, ids.otherId, tx.db)
    await point(tx, link, ids, by)
    return true
  }

  return {
    add,

    async otherOf(portalId, link, holderId) {
      const card = await entities.find(portalId, { type: link.holder, id: holderId })
      if (!card) throw new PortalError('crm_not_found')
      return referenceOf(card.row, link)
    },

    async holdersOf(portalId, link, otherId) {
      await mustExist(portalId, link.other, otherId)
      return holderIds(store.read, portalId, link, otherId)
    },

    async remove(tx, link, ids, by) {
      if ((await current(tx, link, ids.holderId, by)) !== ids.otherId) throw new PortalError('crm_not_found')
      await point(tx, link, { holderId: ids.holderId, otherId: null }, by)
    },

    async set(tx, link, { holderId, otherId }, by) {
      if ((await current(tx, link, holderId, by)) === otherId) return
      if (otherId !== null) await mustExist(by.portalId, link.other, otherId, tx.db)
      await point(tx, link, { holderId, otherId }, by)
    },

    async setHolders(tx, link, { otherId, holderIds: wanted }, by) {
      await mustExist(by.portalId, link.other, otherId, tx.db)
      const before = await holderIds(tx.db, by.portalId, link, otherId)
      for (const holderId of before.filter((id) => !wanted.includes(id))) await point(tx, link, { holderId, otherId: null }, by)
      for (const holderId of wanted) await add(tx, link, { holderId, otherId }, by)
    },
  }
}

function referenceOf(row: object, { other }: Link): number | null {
  const id = (row as Readonly<Record<string, unknown>>)[`${other}_id`]
  return typeof id === 'number' ? id : null
}
