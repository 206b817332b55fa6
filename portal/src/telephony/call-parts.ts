import type { Clock } from '../clock.ts'
import type { Deliveries } from '../events/deliveries.ts'
import type { Outbox } from '../events/outbox.ts'
import type { Store } from '../store/store.ts'
import type { CrmOfCalls } from '../crm/call-crm.ts'

/** What calls need. */
export interface CallsParts {
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Outbox
  readonly deliveries: Pick<Deliveries, 'prove' | 'cancelDials'>
  readonly crm: CrmOfCalls
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}
