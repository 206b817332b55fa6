/** The words for states that rows, decisions and pages share. */

/** Where a delivery stands (design 6). */
export type DeliveryState = 'pending' | 'sending' | 'delivered' | 'unconfirmed' | 'retrying' | 'failed' | 'expired' | 'skipped' | 'canceled'

/** How an event is delivered: a `dial` is good for seconds and never sent twice, a `notice` is retried for hours. */
export type DeliveryClass = 'dial' | 'notice'

/** Where a call stands (design 7). */
export type CallState = 'registered' | 'announced' | 'ringing_agent' | 'ringing_client' | 'talking' | 'finished'
