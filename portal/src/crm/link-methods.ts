import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, integer, map } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import { presentDescription } from './classic.ts'
import type { Author } from './entities.ts'
import type { Link, Links } from './links.ts'

/** What the rows need. */
export interface LinkParts {
  readonly store: Store
  readonly links: Links
}

const ofCard = { ID: integer('id of the card', 'link_owner').required('link_owner') }
const withFields = { ...ofCard, FIELDS: map('the id of the other card', 'link_fields').required('link_fields') }
const withItems = { ...ofCard, ITEMS: anything('list of maps with the ids of the other cards') }
const linkErrors = ['link_owner', 'link_fields', 'link_field', 'crm_not_found'] as const

/** `crm.contact.company.*`, `crm.lead.contact.*`, `crm.deal.contact.*`: one each here; `crm.company.contact.*`: any number. */
export function linkMethods(parts: LinkParts): Methods {
  return {
    ...methodsOfHolder(parts, { holder: 'contact', other: 'company' }),
    ...methodsOfHolder(parts, { holder: 'lead', other: 'contact' }),
    ...methodsOfHolder(parts, { holder: 'deal', other: 'contact' }),
    ...methodsOfCompany(parts),
  }
}

/** Methods of the card that belongs to one other. */
function methodsOfHolder({ store, links }: LinkParts, link: Link): Methods {
  const { holder, other } = link
  const name = nameOf(other)
  return named(`crm.${holder}.${other}`, {
    fields: method({ scope: 'crm', about: 'The fields of a link.', params: {}, errors: [], run: () => presentLinkFields(name) }),
    'items.get': method({
      scope: 'crm',
      about: `The ${other} of a ${holder}, as a list.`,
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      async run({ params, caller }) {
        const id = await links.otherOf(caller.portalId, link, ownerId(params.ID))
        return presentLinks(name, id === null ? [] : [id])
      },
    }),
    'items.set': method({
      scope: 'crm',
      about: `Makes a ${holder} belong to the ${other} of ITEMS alone; there is one at most here.`,
      params: withItems,
      errors: ['link_owner', 'link_items', 'link_field', 'link_many', 'crm_not_found'],
      async run({ params, caller }) {
        const ids = { holderId: ownerId(params.ID), otherId: onlyOf(itemIds(params.ITEMS, name)) }
        await store.transaction((tx) => links.set(tx, link, ids, authorOf(caller)))
        return true
      },
    }),
    'items.delete': method({
      scope: 'crm',
      about: `A ${holder} belongs to no ${other} any more.`,
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      async run({ params, caller }) {
        await store.transaction((tx) => links.set(tx, link, { holderId: ownerId(params.ID), otherId: null }, authorOf(caller)))
        return true
      },
    }),
    add: method({
      scope: 'crm',
      about: `Makes a ${holder} belong to FIELDS[${name}]; false when it does already.`,
      params: withFields,
      errors: [...linkErrors, 'link_taken'],
      run: ({ params, caller }) => {
        const ids = { holderId: ownerId(params.ID), otherId: otherId(params.FIELDS, name) }
        return store.transaction((tx) => links.add(tx, link, ids, authorOf(caller)))
      },
    }),
    delete: method({
      scope: 'crm',
      about: `A ${holder} belongs to FIELDS[${name}] no more.`,
      params: withFields,
      errors: linkErrors,
      async run({ params, caller }) {
        const ids = { holderId: ownerId(params.ID), otherId: otherId(params.FIELDS, name) }
        await store.transaction((tx) => links.remove(tx, link, ids, authorOf(caller)))
        return true
      },
    }),
  })
}

const ofCompany: Link = { holder: 'contact', other: 'company' }

/** The same links from the other end. */
function methodsOfCompany({ store, links }: LinkParts): Methods {
  const name = 'CONTACT_ID'
  return named('crm.company.contact', {
    fields: method({ scope: 'crm', about: 'The fields of a link.', params: {}, errors: [], run: () => presentLinkFields(name) }),
    'items.get': method({
      scope: 'crm',
      about: 'The contacts of a company.',
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      run: async ({ params, caller }) => presentLinks(name, await links.holdersOf(caller.portalId, ofCompany, ownerId(params.ID))),
    }),
    'items.set': method({
      scope: 'crm',
      about: 'Makes the contacts of ITEMS those of a company, and no others.',
      params: withItems,
      errors: ['link_owner', 'link_items', 'link_field', 'link_many', 'link_taken', 'crm_not_found'],
      async run({ params, caller }) {
        const ids = { otherId: ownerId(params.ID), holderIds: itemIds(params.ITEMS, name) }
        await store.transaction((tx) => links.setHolders(tx, ofCompany, ids, authorOf(caller)))
        return true
      },
    }),
    'items.delete': method({
      scope: 'crm',
      about: 'A company has no contacts any more.',
      params: ofCard,
      errors: ['link_owner', 'crm_not_found'],
      async run({ params, caller }) {
        const ids = { otherId: ownerId(params.ID), holderIds: [] }
        await store.transaction((tx) => links.setHolders(tx, ofCompany, ids, authorOf(caller)))
        return true
      },
    }),
    add: method({
      scope: 'crm',
      about: 'Makes FIELDS[CONTACT_ID] belong to a company; false when it does already.',
      params: withFields,
      errors: [...linkErrors, 'link_taken'],
      run: ({ params, caller }) => {
        const ids = { holderId: otherId(params.FIELDS, name), otherId: ownerId(params.ID) }
        return store.transaction((tx) => links.add(tx, ofCompany, ids, authorOf(caller)))
      },
    }),
    delete: method({
      scope: 'crm',
      about: 'FIELDS[CONTACT_ID] belongs to a company no more.',
      params: withFields,
      errors: linkErrors,
      async run({ params, caller }) {
        const ids = { holderId: otherId(params.FIELDS, name), otherId: ownerId(params.ID) }
        await store.transaction((tx) => links.remove(tx, ofCompany, ids, authorOf(caller)))
        return true
      },
    }),
  })
}

type LinkName = 'CONTACT_ID' | 'COMPANY_ID'

function named(prefix: string, rows: Methods): Methods {
  return Object.fromEntries(Object.entries(rows).map(([verb, row]) => [`${prefix}.${verb}`, row]))
}

function nameOf(type: 'contact' | 'company'): LinkName {
  return type === 'contact' ? 'CONTACT_ID' : 'COMPANY_ID'
}

function authorOf(caller: Caller): Author {
  return { portalId: caller.portalId, userId: caller.userId }
}

function ownerId(id: number): number {
  if (id <= 0) throw new PortalError('link_owner')
  return id
}

function otherId(fields: LooseMap, name: LinkName): number {
  const sent = Object.entries(fields).find(([key]) => key.toUpperCase() === name)?.[1]
  const id = typeof sent === 'number' || typeof sent === 'string' ? Number(sent) : Number.NaN
  if (!Number.isSafeInteger(id) || id <= 0) throw new PortalError('link_field')
  return id
}

/** Each is a change of a card, said to everybody. */
const mostItems = 500

/** The ids of ITEMS, once each. */
function itemIds(sent: Loose, name: LinkName): number[] {
  if (typeof sent !== 'object' || sent === null) throw new PortalError('link_items')
  const items: readonly Loose[] = Object.values(sent)
  if (items.length > mostItems) throw new PortalError('link_many', { most: mostItems })
  const ids = items.map((item) => {
    if (!isMap(item)) throw new PortalError('link_field')
    return otherId(item, name)
  })
  return [...new Set(ids)]
}

function onlyOf(ids: readonly number[]): number | null {
  if (ids.length > 1) throw new PortalError('link_many', { most: 1 })
  return ids[0] ?? null
}

function presentLinks(name: LinkName, ids: readonly number[]): unknown[] {
  return ids.map((id, index) => ({ [name]: id, SORT: (index + 1) * 10, ROLE_ID: 0, IS_PRIMARY: index === 0 ? 'Y' : 'N' }))
}

function presentLinkFields(name: LinkName): Record<string, unknown> {
  const title = name === 'CONTACT_ID' ? 'Contact' : 'Company'
  return {
    SORT: presentDescription({ kind: 'integer', title: 'Order', required: false, readOnly: false }),
    IS_PRIMARY: presentDescription({ kind: 'flag', title: 'First one', required: false, readOnly: false }),
    [name]: presentDescription({ kind: 'integer', title, required: true, readOnly: false }),
  }
}
