/**
 * The fields of contacts, companies, leads and deals: one declaration per type. It drives what may be written, selected, filtered
 * and sorted by, what the `fields` methods answer (contract 8.1), and the checks of every write.
 */
import type { Row } from '../store/tables.ts'

/** What a card can be about. */
export type EntityType = 'contact' | 'company' | 'lead' | 'deal'
/** All types, in the order of their type ids on the wire. */
export const entityTypes: readonly EntityType[] = ['lead', 'deal', 'contact', 'company']

/** `OWNER_TYPE_ID`, `ENTITY_TYPE_ID` on the wire (contract 8.3). */
export const typeIds = { lead: 1, deal: 2, contact: 3, company: 4 } as const satisfies Record<EntityType, number>

/** The type of a numeric type id, or null. */
export function typeOfId(id: number): EntityType | null {
  return entityTypes.find((type) => typeIds[type] === id) ?? null
}

/** The type of a wire name such as `CONTACT`, in any case, or null. */
export function typeOfName(name: string): EntityType | null {
  return entityTypes.find((type) => type.toUpperCase() === name.toUpperCase()) ?? null
}

/**
 * `text` and `id` are plain, `flag` is Y/N, `time` ISO 8601, `date` the midnight of a day, `money` an amount that is kept in hundredths,
 * `currency` an ISO 4217 code, `user`, `contact` and `company` the id of a row that must exist, `has` is computed from the multi-fields,
 * `semantic` (P under way, S won, F lost) and `closed` (Y/N) from what the directory says of the stage, `origin` from the CALL_ID.
 */
export type FieldKind =
  | 'id'
  | 'text'
  | 'status'
  | 'flag'
  | 'time'
  | 'date'
  | 'integer'
  | 'money'
  | 'currency'
  | 'user'
  | 'contact'
  | 'company'
  | 'json'
  | 'has'
  | 'semantic'
  | 'closed'
  | 'origin'

/** One classic field. */
export interface Field {
  /** wire name */
  readonly name: string
  /** column of the table; for `has` the multi-field type, for `semantic` and `closed` what `queries.ts` selects beside the columns */
  readonly column: string
  readonly kind: FieldKind
  readonly title: string
  readonly readOnly: boolean
  readonly required: boolean
  /** an empty text is null on the wire */
  readonly nullable: boolean
  readonly maxLength: number
}

function field(name: string, kind: FieldKind, title: string, more: Partial<Field> = {}): Field {
  return { name, column: name.toLowerCase(), kind, title, readOnly: false, required: false, nullable: true, maxLength: 255, ...more }
}

const id = field('ID', 'id', 'ID', { readOnly: true })
const title = (label: string, required: boolean) => field('TITLE', 'text', label, { required, nullable: false })
const person = [
  field('NAME', 'text', 'First name', { nullable: false }),
  field('SECOND_NAME', 'text', 'Second name', { nullable: false }),
  field('LAST_NAME', 'text', 'Last name', { nullable: false }),
  field('POST', 'text', 'Position', { column: 'position' }),
]
const has = [
  field('HAS_PHONE', 'has', 'Has phone', { column: 'PHONE', readOnly: true }),
  field('HAS_EMAIL', 'has', 'Has e-mail', { column: 'EMAIL', readOnly: true }),
  // there are no open lines here: nobody has one
  field('HAS_IMOL', 'has', 'Has open line', { column: 'IMOL', readOnly: true }),
]
const stage = { column: 'semantic', readOnly: true, nullable: false }
const about = [
  field('SOURCE_ID', 'status', 'Source'),
  field('SOURCE_DESCRIPTION', 'text', 'Source information', { maxLength: 20_000 }),
  field('COMMENTS', 'text', 'Comment', { maxLength: 20_000 }),
  field('OPENED', 'flag', 'Available to everyone'),
  field('ASSIGNED_BY_ID', 'user', 'Responsible person'),
  field('CREATED_BY_ID', 'user', 'Created by', { readOnly: true }),
  field('MODIFY_BY_ID', 'user', 'Modified by', { column: 'modified_by_id', readOnly: true }),
  field('DATE_CREATE', 'time', 'Created on', { column: 'created_at', readOnly: true }),
  field('DATE_MODIFY', 'time', 'Modified on', { column: 'updated_at', readOnly: true }),
]
const worth = [
  field('OPPORTUNITY', 'money', 'Amount', { nullable: false }),
  field('CURRENCY_ID', 'currency', 'Currency'),
  field('IS_MANUAL_OPPORTUNITY', 'flag', 'Amount was set by hand'),
]
const company = field('COMPANY_ID', 'company', 'Company')
const contact = field('CONTACT_ID', 'contact', 'Contact')

/** The fields of each type, in the order of the answers. */
export const fieldsOf: Readonly<Record<EntityType, readonly Field[]>> = {
  contact: [id, ...person, field('TYPE_ID', 'status', 'Contact type'), company, ...has, ...about],
  company: [
    id,
    title('Company name', true),
    field('COMPANY_TYPE', 'status', 'Company type'),
    field('INDUSTRY', 'status', 'Industry'),
    ...has,
    ...about,
  ],
  lead: [
    id,
    title('Lead name', false),
    ...person,
    field('COMPANY_TITLE', 'text', 'Company name'),
    field('STATUS_ID', 'status', 'Stage', { nullable: false }),
    field('STATUS_SEMANTIC_ID', 'semantic', 'What the stage means', stage),
    ...worth,
    company,
    contact,
    ...has,
    ...about,
  ],
  deal: [
    id,
    title('Deal name', false),
    field('TYPE_ID', 'status', 'Deal type'),
    field('STAGE_ID', 'status', 'Stage', { nullable: false }),
    field('STAGE_SEMANTIC_ID', 'semantic', 'What the stage means', stage),
    field('CATEGORY_ID', 'integer', 'Pipeline', { nullable: false }),
    field('PROBABILITY', 'integer', 'Probability, %'),
    ...worth,
    company,
    contact,
    field('BEGINDATE', 'date', 'Begins on'),
    field('CLOSEDATE', 'date', 'Ends on'),
    field('CLOSED', 'closed', 'Closed', stage),
    ...about,
  ],
}

/** Fields that stand in no column of their own: computed when they are shown, not sorted by. */
export function isComputed({ kind }: Pick<Field, 'kind'>): boolean {
  return kind === 'has' || kind === 'semantic' || kind === 'closed'
}

const readOnly = { readOnly: true, nullable: false }

/** The fields of an activity (contract 8.4); written by the portal, read by apps. */
export const activityFields: readonly Field[] = [
  id,
  field('OWNER_ID', 'integer', 'Owner', readOnly),
  field('OWNER_TYPE_ID', 'integer', 'Owner type', readOnly),
  field('TYPE_ID', 'integer', 'Type', readOnly),
  field('PROVIDER_ID', 'text', 'Provider', readOnly),
  field('PROVIDER_TYPE_ID', 'text', 'Provider type', readOnly),
  field('SUBJECT', 'text', 'Subject', readOnly),
  field('START_TIME', 'time', 'Start', { ...readOnly, column: 'start_at' }),
  field('END_TIME', 'time', 'End', { ...readOnly, column: 'end_at' }),
  field('COMPLETED', 'flag', 'Completed', readOnly),
  field('STATUS', 'integer', 'Status', readOnly),
  field('RESPONSIBLE_ID', 'user', 'Responsible person', readOnly),
  field('PRIORITY', 'integer', 'Priority', readOnly),
  field('DESCRIPTION', 'text', 'Description', readOnly),
  field('DESCRIPTION_TYPE', 'integer', 'Description type', readOnly),
  field('DIRECTION', 'integer', 'Direction', readOnly),
  field('ORIGIN_ID', 'origin', 'Origin', { readOnly: true, column: 'call_id' }),
  field('AUTHOR_ID', 'user', 'Author', readOnly),
  field('CREATED', 'time', 'Created on', { ...readOnly, column: 'created_at' }),
  field('LAST_UPDATED', 'time', 'Changed on', { ...readOnly, column: 'updated_at' }),
]

/** Texts and e-mails of a card that may have several of each (contract 8.2). Deals have none of their own. */
export const multifieldTypes = ['PHONE', 'EMAIL', 'WEB', 'IM'] as const
/** PHONE, EMAIL, WEB or IM. */
export type MultifieldType = (typeof multifieldTypes)[number]
/** Kinds of a value; the first is the default. */
export const valueKinds = ['WORK', 'MOBILE', 'FAX', 'HOME', 'PAGER', 'MAILING', 'OTHER'] as const

/** Stages of a lead that are over. */
export const closedLeadStatuses: readonly string[] = ['CONVERTED', 'JUNK']

/** A row of any type, as it stands in its table. */
export type EntityColumns = Row<'contact'> | Row<'company'> | Row<'lead'> | Row<'deal'>

/** What a card is called: the person's name, or the title. */
export function titleOf(type: EntityType, row: EntityColumns): string {
  if (type !== 'contact') return (row as Row<'company'>).title
  return personOf(row as Row<'contact'>)
}

/** First, second and last name as one text. */
export function personOf(row: { readonly name: string; readonly second_name: string; readonly last_name: string }): string {
  return [row.name, row.second_name, row.last_name].filter((part) => part !== '').join(' ')
}
