import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { integer, map } from '../rest/params.ts'
import type { LooseMap } from '../rest/php.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Author, Entities } from './entities.ts'

/** What the rows need. */
export interface LinkParts {
  readonly store: Store
  readonly entities: Entities
}

const ofCard = { ID: integer('id of the card', 'link_owner').required('link_owner') }
const withFields = { ...ofCard, FIELDS: map('CONTACT_ID or COMPANY_ID', 'link_fields').required('link_fields') }
const linkErrors = ['link_owner', 'link_fields', 'link_field', 'crm_not_found'] as const

/** `crm.contact.company.*` and `crm.company.contact.*`: a contact belongs to one company at most, a company has many contacts. */
export function linkMethods(parts: LinkParts): Methods {
  return { ...ofContacts(parts), ...ofCompanies(parts) }
}

function ofContacts({ store, entities }: LinkParts): Methods {
  return {
    'crm.contact.company.items.get': method({
      scope: 'crm',
      about: 'The company of a contact, as a list.',
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      async run({ params, caller }) {
        const card = await entities.find(caller.portalId, { type: 'contact', id: ownerId(params.ID) })
        if (!card) throw new PortalError('crm_not_found')
        const { company_id: companyId } = card.row as Row<'contact'>
        return companyId === null ? [] : [{ COMPANY_ID: companyId, SORT: 10, ROLE_ID: 0, IS_PRIMARY: 'Y' }]
      },
    }),
    'crm.contact.company.add': method({
      scope: 'crm',
      about: 'Makes a contact belong to FIELDS[COMPANY_ID].',
      params: withFields,
      errors: [...linkErrors, 'link_taken'],
      async run({ params, caller }) {
        const link = { contactId: ownerId(params.ID), companyId: otherId(params.FIELDS, 'COMPANY_ID') }
        await store.transaction((tx) => addLink(tx, entities, link, authorOf(caller)))
        return true
      },
    }),
    'crm.contact.company.delete': method({
      scope: 'crm',
      about: 'A contact belongs to FIELDS[COMPANY_ID] no more.',
      params: withFields,
      errors: linkErrors,
      async run({ params, caller }) {
        const link = { contactId: ownerId(params.ID), companyId: otherId(params.FIELDS, 'COMPANY_ID') }
        await store.transaction((tx) => removeLink(tx, entities, link, authorOf(caller)))
        return true
      },
    }),
  }
}

function ofCompanies({ store, entities }: LinkParts): Methods {
  return {
    'crm.company.contact.items.get': method({
      scope: 'crm',
      about: 'The contacts of a company.',
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      async run({ params, caller }) {
        const id = ownerId(params.ID)
        if (!(await entities.find(caller.portalId, { type: 'company', id }))) throw new PortalError('crm_not_found')
        const contacts = store.read.selectFrom('contact').select('id').where('portal_id', '=', caller.portalId).where('company_id', '=', id)
        const rows = await contacts.orderBy('id').execute()
        return rows.map((row, index) => ({ CONTACT_ID: row.id, SORT: (index + 1) * 10, ROLE_ID: 0, IS_PRIMARY: index === 0 ? 'Y' : 'N' }))
      },
    }),
    'crm.company.contact.add': method({
      scope: 'crm',
      about: 'Makes FIELDS[CONTACT_ID] belong to a company.',
      params: withFields,
      errors: [...linkErrors, 'link_taken'],
      async run({ params, caller }) {
        const link = { contactId: otherId(params.FIELDS, 'CONTACT_ID'), companyId: ownerId(params.ID) }
        await store.transaction((tx) => addLink(tx, entities, link, authorOf(caller)))
        return true
      },
    }),
    'crm.company.contact.delete': method({
      scope: 'crm',
      about: 'FIELDS[CONTACT_ID] belongs to a company no more.',
      params: withFields,
      errors: linkErrors,
      async run({ params, caller }) {
        const link = { contactId: otherId(params.FIELDS, 'CONTACT_ID'), companyId: ownerId(params.ID) }
        await store.transaction((tx) => removeLink(tx, entities, link, authorOf(caller)))
        return true
      },
    }),
  }
}

interface Link {
  readonly contactId: number
  readonly companyId: number
}

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

function ownerId(id: number): number {
  if (id <= 0) throw new PortalError('link_owner')
  return id
}

function otherId(fields: LooseMap, name: 'CONTACT_ID' | 'COMPANY_ID'): number {
  const sent = Object.entries(fields).find(([key]) => key.toUpperCase() === name)?.[1]
  const id = typeof sent === 'number' || typeof sent === 'string' ? Number(sent) : Number.NaN
  if (!Number.isSafeInteger(id) || id <= 0) throw new PortalError('link_field')
  return id
}

async function companyOf(tx: Tx, entities: Entities, portalId: number, contactId: number): Promise<number | null> {
  const card = await entities.find(portalId, { type: 'contact', id: contactId }, tx.db)
  if (!card) throw new PortalError('crm_not_found')
  return (card.row as Row<'contact'>).company_id
}

async function addLink(tx: Tx, entities: Entities, { contactId, companyId }: Link, by: Author): Promise<void> {
  const current = await companyOf(tx, entities, by.portalId, contactId)
  if (current === companyId) return
  if (current !== null) throw new PortalError('link_taken', { contactId, companyId: current })
  if (!(await entities.find(by.portalId, { type: 'company', id: companyId }, tx.db))) throw new PortalError('crm_not_found')
  await entities.change(tx, { type: 'contact', id: contactId }, { fields: { company_id: companyId } }, by)
}

async function removeLink(tx: Tx, entities: Entities, { contactId, companyId }: Link, by: Author): Promise<void> {
  if ((await companyOf(tx, entities, by.portalId, contactId)) !== companyId) throw new PortalError('crm_not_found')
  await entities.change(tx, { type: 'contact', id: contactId }, { fields: { company_id: '' } }, by)
}
