/** What the delivery loop is told and asked: its ports, and the verbs of the running loop. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { DeliveryClass } from '../states.ts'
import type { Breaker, BreakerState } from './breaker.ts'
import type { Limits } from './desk.ts'
import type { Decision, Reason } from './engine.ts'
import type { Outgoing, Sender, Sent } from './send.ts'

/** A delivery as the loop sees it. */
export interface Job {
  readonly id: number
  readonly handlerId: number
  readonly deliveryClass: DeliveryClass
  /** notices with the same key go one after the other */
  readonly orderKey: string | null
  /** the call that it is about: a report about it proves that its dial arrived */
  readonly callId: string | null
  readonly createdAt: number
  readonly deadlineAt: number | null
  readonly retries: boolean
  /** attempts made so far */
  readonly attempts: number
  /** committed as `sending` with a reservation of `reserve` */
  readonly reserved: boolean
}

/** What the loop needs from the outside. */
export interface WorkerPorts<J extends Job> {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly sender: Pick<Sender, 'send'>
  /** what a handler is given at a time */
  limitsOf(handlerId: number): Limits
  /** leases what is due and nobody's, soonest first; no notices of the handlers in `except`: their dials are told what becomes of them */
  claimDue(limit: number, except: readonly number[]): Promise<J[]>
  /** when the next one is due, or null; notices of the handlers in `except` do not count */
  nextDueAt(except: readonly number[]): Promise<number | null>
  /** durably turns a pending dial to `sending`, or says again that it is; false when it is not to be sent any more */
  markSending(job: J): Promise<boolean>
  /** why it is not to be sent any more, or null */
  obstacle(job: J): Reason | null
  /** the request, tokens issued now; of a dial that is not committed in the end it is thrown away */
  render(job: J): Promise<Outgoing> | Outgoing
  /** writes down the attempt and the decision; `isProven`: a report of the app had settled the delivery before */
  record(job: J, request: Outgoing, sent: Sent, decision: Decision): Promise<{ readonly isProven: boolean }>
  /** writes down what becomes of a delivery that was not posted */
  recordUnsent(job: J, decision: Decision): Promise<void>
  /** which of these notices have to wait for an older one of their order, in any process; left out when there is one process */
  heldBack?(jobs: readonly J[]): Promise<ReadonlySet<number>>
  /** gives back what this process had leased and did not post */
  release(jobs: readonly J[]): Promise<void>
  /** a handler's breaker opened or closed */
  breakerChanged(handlerId: number, breaker: Breaker): void
  /** for metrics: an attempt has ended; `sent` is null when nothing was posted */
  ended?(job: J, decision: Decision, sent: Sent | null): void
}

/** What waits and goes on for one handler in this process. */
export interface DeskReport {
  readonly handlerId: number
  readonly waiting: number
  readonly inFlight: number
  readonly breaker: BreakerState
}

/** The running loop. */
export interface Worker<J extends Job> {
  /** a reservation for a dial that is about to be committed as `sending`; false: it has to be committed as `pending` */
  reserve(handlerId: number): boolean
  /** renders a reserved dial while it is committed: the commit is waited for anyway */
  prepare(job: J): void
  /** gives a reservation back: the commit failed */
  release(job: J): void
  /** hands over committed deliveries; nothing is polled for */
  accept(jobs: readonly J[]): void
  /** looks for due deliveries now: after a start, a replay, a wake-up from another process */
  wake(): void
  /** the app reported about this call: its silent dial had arrived */
  proven(callId: string): void
  /** sends to this handler as if nothing had been known against it */
  trust(handlerId: number): void
  /** ends the rest of an open breaker: the next delivery is its try */
  tryNow(handlerId: number): void
  /** deliveries that wait or are under way here */
  readonly load: number
  /** all that it keeps in memory */
  held(): J[]
  /** every handler for which something waits, goes on or is remembered */
  report(): DeskReport[]
  /** starts nothing new, waits for what is under way, gives the rest back */
  close(): Promise<void>
}
