import type { Clock } from '../clock.ts'
import type { Deliveries } from '../events/deliveries.ts'
import type { OfflineQueue } from '../events/offline.ts'
import type { Outbox } from '../events/outbox.ts'
import type { SwitchBoard } from '../directory/switches.ts'
import type { Store } from '../store/store.ts'
import type { CrmOfCalls } from '../crm/call-crm.ts'
import type { Notifications } from '../directory/notifications.ts'
import type { RecordFetches } from './record-fetches.ts'

/** What calls need. */
export interface CallsParts {
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Outbox
  readonly deliveries: Pick<Deliveries, 'prove' | 'cancelDials'>
  readonly offline: Pick<OfflineQueue, 'dropLate'>
  readonly crm: CrmOfCalls
  readonly notifications: Pick<Notifications, 'write'>
  readonly records: Pick<RecordFetches, 'ask'>
  readonly switches: Pick<SwitchBoard, 'of'>
  changed(portalId: number, names: readonly string[], userIds?: readonly number[]): void
}
