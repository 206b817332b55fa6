import { event, type EventDeclaration } from '../events/event.ts'
import type { EntityType } from './classic-fields.ts'

/** What happened to a thing with an id. */
export interface CrmFact {
  readonly id: number
  /** of the activity of a call: keeps its place among the events of that call (design 11.9) */
  readonly callId?: string
}

function crmEvent(name: string, about: string): EventDeclaration<CrmFact> {
  return event<CrmFact>({
    name,
    scope: 'crm',
    about,
    deliveryClass: 'notice',
    sample: { id: 42 },
    callId: ({ callId }) => callId ?? null,
    data: ({ id }) => ({ FIELDS: { ID: id } }),
  })
}

/** Said in the transaction that adds, changes or deletes a contact, company, lead or deal. */
export const entityEvents: Readonly<Record<EntityType, Readonly<Record<'added' | 'changed' | 'removed', EventDeclaration<CrmFact>>>>> = {
  contact: {
    added: crmEvent('ONCRMCONTACTADD', 'A contact was added.'),
    changed: crmEvent('ONCRMCONTACTUPDATE', 'A contact was changed.'),
    removed: crmEvent('ONCRMCONTACTDELETE', 'A contact was deleted.'),
  },
  company: {
    added: crmEvent('ONCRMCOMPANYADD', 'A company was added.'),
    changed: crmEvent('ONCRMCOMPANYUPDATE', 'A company was changed.'),
    removed: crmEvent('ONCRMCOMPANYDELETE', 'A company was deleted.'),
  },
  lead: {
    added: crmEvent('ONCRMLEADADD', 'A lead was added.'),
    changed: crmEvent('ONCRMLEADUPDATE', 'A lead was changed.'),
    removed: crmEvent('ONCRMLEADDELETE', 'A lead was deleted.'),
  },
  deal: {
    added: crmEvent('ONCRMDEALADD', 'A deal was added.'),
    changed: crmEvent('ONCRMDEALUPDATE', 'A deal was changed.'),
    removed: crmEvent('ONCRMDEALDELETE', 'A deal was deleted.'),
  },
}

/** A call, a call list or another activity was written (contract 8.4). */
export const activityAdded = crmEvent('ONCRMACTIVITYADD', 'An activity was added, for instance a finished call.')
/** For instance: the report of a call came after the portal had closed it (design 11.1). */
export const activityChanged = crmEvent('ONCRMACTIVITYUPDATE', 'An activity was changed.')
/** An activity was deleted. */
export const activityRemoved = crmEvent('ONCRMACTIVITYDELETE', 'An activity was deleted.')

/** All that this area says. */
export const crmEvents: readonly EventDeclaration<CrmFact>[] = [
  ...Object.values(entityEvents).flatMap((three) => Object.values(three)),
  activityAdded,
  activityChanged,
  activityRemoved,
]
