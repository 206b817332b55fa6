import type { Kysely } from 'kysely'
import { PortalError } from '../errors.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Change, NewRow, Row, Tables } from '../store/tables.ts'

type Value = readonly [statusId: string, english: string, russian: string]

/** Where the values of a directory stand, to know which are in use. */
interface Directory {
  readonly title: { readonly en: string; readonly ru: string }
  readonly values: readonly Value[]
  /** what new cards and participants begin with: cannot be deleted */
  readonly first?: string
  readonly usedIn: ReadonlyArray<readonly [table: 'contact' | 'company' | 'lead' | 'deal' | 'call_list_item', column: string]>
}

const directories: Readonly<Record<string, Directory>> = {
  STATUS: {
    title: { en: 'Stages of leads', ru: 'Стадии лидов' },
    values: [
      ['NEW', 'New', 'Новый'],
      ['IN_PROCESS', 'In progress', 'В работе'],
      ['CONVERTED', 'Converted', 'Качественный лид'],
      ['JUNK', 'Junk', 'Некачественный лид'],
    ],
    first: 'NEW',
    usedIn: [['lead', 'status_id']],
  },
  SOURCE: {
    title: { en: 'Sources', ru: 'Источники' },
    values: [
      ['CALL', 'Call', 'Звонок'],
      ['CALLBACK', 'Callback', 'Обратный звонок'],
      ['EMAIL', 'E-mail', 'Электронная почта'],
      ['WEB', 'Website', 'Веб-сайт'],
      ['ADVERTISING', 'Advertising', 'Реклама'],
      ['PARTNER', 'Existing client', 'Существующий клиент'],
      ['TRADE_SHOW', 'Trade show', 'Выставка'],
      ['RECOMMENDATION', 'Recommendation', 'По рекомендации'],
      ['OTHER', 'Other', 'Другое'],
    ],
    usedIn: [
      ['contact', 'source_id'],
      ['company', 'source_id'],
      ['lead', 'source_id'],
      ['deal', 'source_id'],
    ],
  },
  DEAL_STAGE: {
    title: { en: 'Stages of deals', ru: 'Стадии сделок' },
    values: [
      ['NEW', 'New', 'Новая'],
      ['EXECUTING', 'In progress', 'В работе'],
      ['WON', 'Won', 'Успешная'],
      ['LOSE', 'Lost', 'Проиграна'],
    ],
    first: 'NEW',
    usedIn: [['deal', 'stage_id']],
  },
  CALL_LIST: {
    title: { en: 'Statuses of call lists', ru: 'Статусы обзвона' },
    values: [
      ['IN_WORK', 'In progress', 'В работе'],
      ['SUCCESS', 'Success', 'Успешно'],
      ['WRONG_NUMBER', 'Wrong number', 'Неверный номер'],
      ['STOP_CALLING', 'Do not call', 'Больше не звонить'],
    ],
    first: 'IN_WORK',
    usedIn: [['call_list_item', 'status']],
  },
}

const semantics: Readonly<Record<string, 'S' | 'F'>> = { CONVERTED: 'S', WON: 'S', JUNK: 'F', LOSE: 'F' }

/** The directories that can be edited: id and title, in their order. */
export function statusDirectories(language: string): ReadonlyArray<{ readonly id: string; readonly title: string }> {
  return Object.entries(directories).map(([id, { title }]) => ({ id, title: language === 'ru' ? title.ru : title.en }))
}

/** What can be said of a value; `entityId` and `statusId` of an existing one stay. */
export interface StatusInput {
  readonly entityId?: string
  readonly statusId?: string
  readonly name?: string
  readonly sort?: number
  readonly color?: string
  readonly semantics?: 'S' | 'F' | ''
}

/** The values of sources, stages and call lists (contract 5, 8.1). */
export interface Statuses {
  /** Makes the rows of a portal that has none yet; answers whether there was something to make. Every reader begins with it. */
  prepare(portalId: number): Promise<void>
  /** Values of one directory in their order. */
  ofDirectory(portalId: number, entityId: string): Promise<Row<'crm_status'>[]>
  /** Throws `status_not_found`. */
  find(portalId: number, id: number): Promise<Row<'crm_status'>>
  /** Answers the new id. Throws `status_entity`, `status_required`, `status_duplicate`. */
  add(portalId: number, input: StatusInput): Promise<number>
  /** Throws `status_not_found`, `status_required`. */
  change(portalId: number, id: number, input: StatusInput): Promise<void>
  /** Throws `status_not_found`, `status_system` without `isForced`, `status_first`, `status_used`. */
  remove(portalId: number, id: number, isForced: boolean): Promise<void>
}

/** Is this a value of the directory? Also before the portal's rows are made. */
export async function isStatus(db: Kysely<Tables>, portalId: number, entityId: string, statusId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('crm_status')
    .select('status_id')
    .where('portal_id', '=', portalId)
    .where('entity_id', '=', entityId)
    .execute()
  if (rows.length > 0) return rows.some((row) => row.status_id === statusId)
  return directories[entityId]?.values.some(([id]) => id === statusId) ?? false
}

/** Builds the directories. */
export function createStatuses({ store }: { store: Store }): Statuses {
  const prepare: Statuses['prepare'] = async (portalId) => {
    const query = store.read.selectFrom('crm_status').select('id').where('portal_id', '=', portalId).limit(1)
    if (await query.executeTakeFirst()) return
    const portal = await store.read.selectFrom('portal').select('language').where('id', '=', portalId).executeTakeFirstOrThrow()
    await store.transaction((tx) => {
      for (const row of defaultRows(portalId, portal.language))
        tx.write(
          store.build
            .insertInto('crm_status')
            .values(row)
            .onConflict((conflict) => conflict.columns(['portal_id', 'entity_id', 'status_id']).doNothing()),
        )
    })
  }
  const findIn = async (db: Kysely<Tables>, portalId: number, id: number): Promise<Row<'crm_status'>> => {
    const found = await db.selectFrom('crm_status').selectAll().where('portal_id', '=', portalId).where('id', '=', id).executeTakeFirst()
    if (!found) throw new PortalError('status_not_found')
    return found
  }

  return {
    prepare,

    async ofDirectory(portalId, entityId) {
      await prepare(portalId)
      const query = store.read.selectFrom('crm_status').selectAll().where('portal_id', '=', portalId).where('entity_id', '=', entityId)
      return query.orderBy('sort').orderBy('id').execute()
    },

    async find(portalId, id) {
      await prepare(portalId)
      return findIn(store.read, portalId, id)
    },

    async add(portalId, input) {
      const row = newRow(portalId, input)
      await prepare(portalId)
      return store.transaction(async (tx) => {
        const same = tx.db.selectFrom('crm_status').select('id').where('portal_id', '=', portalId).where('entity_id', '=', row.entity_id)
        if (await same.where('status_id', '=', row.status_id).executeTakeFirst()) throw new PortalError('status_duplicate')
        return (await tx.db.insertInto('crm_status').values(row).returning('id').executeTakeFirstOrThrow()).id
      })
    },

    async change(portalId, id, input) {
      const change = readChange(input)
      await prepare(portalId)
      await store.transaction(async (tx) => {
        await findIn(tx.db, portalId, id)
        if (Object.keys(change).length > 0) await tx.db.updateTable('crm_status').set(change).where('id', '=', id).execute()
      })
    },

    async remove(portalId, id, isForced) {
      await prepare(portalId)
      await store.transaction(async (tx) => {
        const row = await findIn(tx.db, portalId, id)
        if (row.is_system === 1 && !isForced) throw new PortalError('status_system')
        if (directories[row.entity_id]?.first === row.status_id) throw new PortalError('status_first')
        if (await isUsed(tx, row)) throw new PortalError('status_used')
        await tx.db.deleteFrom('crm_status').where('id', '=', id).execute()
      })
    },
  }
}

function defaultRows(portalId: number, language: string): NewRow<'crm_status'>[] {
  return Object.entries(directories).flatMap(([entityId, { values }]) =>
    values.map(([statusId, english, russian], index) => ({
      portal_id: portalId,
      entity_id: entityId,
      status_id: statusId,
      name: language === 'ru' ? russian : english,
      name_init: language === 'ru' ? russian : english,
      sort: (index + 1) * 10,
      color: '',
      semantics: entityId === 'STATUS' || entityId === 'DEAL_STAGE' ? (semantics[statusId] ?? '') : '',
      is_system: 1 as const,
    })),
  )
}

function newRow(portalId: number, input: StatusInput): NewRow<'crm_status'> {
  const entityId = withoutNul(input.entityId ?? '').trim()
  const statusId = withoutNul(input.statusId ?? '').trim()
  if (entityId === '') throw new PortalError('status_required', { field: 'ENTITY_ID' })
  if (!Object.hasOwn(directories, entityId)) throw new PortalError('status_entity')
  if (statusId === '') throw new PortalError('status_required', { field: 'STATUS_ID' })
  if (statusId.length > 50) throw new PortalError('status_parameters')
  const { name, sort = 10, color = '', semantics: meaning = '' } = readChange({ name: '', ...input })
  return {
    portal_id: portalId,
    entity_id: entityId,
    status_id: statusId,
    name: name ?? '',
    name_init: '',
    sort,
    color,
    semantics: meaning,
    is_system: 0,
  }
}

function readChange({
  name,
  sort,
  color,
  semantics: meaning,
}: StatusInput): Change<'crm_status'> & { name?: string; sort?: number; color?: string; semantics?: string } {
  const text = name === undefined ? undefined : withoutNul(name).trim()
  if (text === '') throw new PortalError('status_required', { field: 'NAME' })
  if ((text?.length ?? 0) > 255 || (color?.length ?? 0) > 20) throw new PortalError('status_parameters')
  return {
    ...(text !== undefined && { name: text }),
    ...(sort !== undefined && { sort }),
    ...(color !== undefined && { color: withoutNul(color) }),
    ...(meaning !== undefined && { semantics: meaning }),
  }
}

async function isUsed(tx: Tx, row: Row<'crm_status'>): Promise<boolean> {
  for (const [table, column] of directories[row.entity_id]?.usedIn ?? []) {
    // the tables share these columns; the query is typed by one of them
    const query = tx.db
      .selectFrom(table as 'lead')
      .select('id')
      .where('portal_id', '=', row.portal_id)
    if (
      await query
        .where(column as 'status_id', '=', row.status_id)
        .limit(1)
        .executeTakeFirst()
    )
      return true
  }
  return false
}
