/** What the processes on one database tell each other beside the rows: that something is due, what is known of a handler. */
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

/** One message; what is left out is not said. */
export interface News {
  /** deliveries are due that the teller does not send */
  readonly deliveries?: true
  /** an install callback is due */
  readonly installs?: true
  /** a record is to be fetched */
  readonly records?: true
  /** apps reported about these calls: their dials arrived */
  readonly proven?: readonly string[]
  /** these handlers are to be sent to as if nothing had been known against them */
  readonly trust?: readonly number[]
  /** the next delivery to these handlers is the try of their open breaker */
  readonly tryNow?: readonly number[]
}

/** The line between processes. On SQLite there is one process: nothing is said. */
export interface Processes {
  /** Tells the others, after a commit. What is said while a message is on its way goes together in the next. */
  tell(news: News): void
  /** Hears the others; `missed`: messages may have been lost. */
  listen(hear: (news: News) => void, missed: () => void): void
  /** Ends when everything was told. */
  close(): Promise<void>
}

const channel = 'processes'
/** a notification of PostgreSQL holds 8000 bytes */
const mostNamed = 60

/** Opens the line. */
export function createProcesses({ store, log, processId }: { store: Store; log: Log; processId: string }): Processes {
  let untold: News[] = []
  let telling: Promise<void> | null = null

  const run = async (): Promise<void> => {
    while (untold.length > 0) {
      const together = untold.slice(0, mostNamed)
      untold = untold.slice(mostNamed)
      const message = JSON.stringify({ from: processId, news: joined(together) })
      await store
        .notify(channel, message)
        .catch((err: unknown) => log.warn({ err }, 'other processes could not be told; they look for themselves in a few seconds'))
    }
    telling = null
  }

  return {
    tell(news) {
      if (!store.isShared) return
      const last = untold.at(-1)
      // a plain wake-up says the same however often
      if (last && JSON.stringify(last) === JSON.stringify(news)) return
      untold.push(news)
      telling ??= Promise.resolve().then(run)
    },
    listen(hear, missed) {
      store.listen(
        channel,
        (message) => {
          const { from, news } = JSON.parse(message) as { from: string; news: News }
          if (from !== processId) hear(news)
        },
        missed,
      )
    },
    async close() {
      await telling
    },
  }
}

function joined(all: readonly News[]): News {
  return {
    ...(all.some((one) => one.deliveries) && { deliveries: true }),
    ...(all.some((one) => one.installs) && { installs: true }),
    ...(all.some((one) => one.records) && { records: true }),
    proven: [...new Set(all.flatMap((one) => one.proven ?? []))],
    trust: [...new Set(all.flatMap((one) => one.trust ?? []))],
    tryNow: [...new Set(all.flatMap((one) => one.tryNow ?? []))],
  }
}
