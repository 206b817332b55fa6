/** The filters of the delivery log, as they stand in its address and as the portal takes them. */
export interface DeliveriesSearch {
  state?: string
  reason?: string
  event?: string
  handlerId?: number
  appId?: number
  callId?: string
  /** milliseconds */
  from?: number
  to?: number
}

const texts = ['state', 'reason', 'event', 'callId'] as const
const numbers = ['handlerId', 'appId', 'from', 'to'] as const

/** Reads an address; what it does not know falls away. */
export function readDeliveriesSearch(search: Record<string, unknown>): DeliveriesSearch {
  const read: DeliveriesSearch = {}
  for (const name of texts) {
    const value = search[name]
    if (typeof value === 'string' && value !== '') read[name] = value
  }
  for (const name of numbers) {
    const value = Number(search[name])
    if (Number.isSafeInteger(value) && value > 0) read[name] = value
  }
  return read
}
