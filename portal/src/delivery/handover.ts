/** The delivery loop of a process that sends nothing itself: what it commits is handed to the processes that do. */
import type { Job, Worker } from './worker-ports.ts'

/** Takes no slot, so that everything is committed as `pending` and nobody's; `tell` wakes the others after the commit. */
export function createHandover<J extends Job>(tell: () => void): Worker<J> {
  return {
    reserve: () => false,
    prepare: () => {},
    release: () => {},
    accept: tell,
    wake: tell,
    proven: () => {},
    trust: () => {},
    tryNow: () => {},
    load: 0,
    held: () => [],
    report: () => [],
    close: async () => {},
  }
}
