/** The filters of the delivery log, as they stand in its address. */
export interface DeliveriesSearch {
  state?: string
  event?: string
  handlerId?: number
  callId?: string
}
