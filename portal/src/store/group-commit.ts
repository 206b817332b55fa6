import type { Unit } from './engine.ts'

/** A unit that waits for its commit. */
export interface Waiting {
  readonly unit: Unit
  readonly isPatient: boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The queue before a writer. */
export interface GroupCommit {
  /**
   * Resolves when durable. A patient unit, which nobody waits for, starts no batch of its own for a moment: it rides with the next one that
   * somebody waits for, which so finds the writer free (perf.md 3.4).
   */
  commit(unit: Unit, isPatient: boolean): Promise<void>
  /** Its turn is its own until it calls `release`. */
  alone(turn: (release: () => void) => void): void
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

type Entry = Waiting | { readonly isPatient: false; readonly turn: (release: () => void) => void }

const batchLimit = 512
const patienceMs = 10

/** One batch in flight and no linger: what comes while it runs is the next batch (perf.md 9.10). `commitBatch` settles each unit and never rejects. */
export function createGroupCommit(commitBatch: (batch: readonly Waiting[]) => Promise<void>): GroupCommit {
  const queue: Entry[] = []
  let impatient = 0
  let isDue = false
  let patience: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null

  const add = (entry: Entry): void => {
    queue.push(entry)
    if (!entry.isPatient) impatient += 1
    start()
  }

  const start = (): void => {
    if (running || queue.length === 0) return
    if (impatient > 0 || isDue) running = drain()
    else
      patience ??= setTimeout(() => {
        isDue = true
        start()
      }, patienceMs)
  }

  const drain = async (): Promise<void> => {
    if (patience) clearTimeout(patience)
    patience = null
    while (queue.length > 0 && (impatient > 0 || isDue)) {
      isDue = false
      const first = queue[0]!
      if ('turn' in first) {
        queue.shift()
        impatient -= 1
        await new Promise<void>((release) => first.turn(release))
      } else {
        await commitBatch(nextBatch())
      }
    }
    isDue = false
    running = null
    start()
  }

  const nextBatch = (): readonly Waiting[] => {
    const end = queue.findIndex((entry) => 'turn' in entry)
    const batch = queue.splice(0, Math.min(batchLimit, end === -1 ? queue.length : end)) as Waiting[]
    impatient -= batch.filter((waiting) => !waiting.isPatient).length
    return batch
  }

  return {
    commit: (unit, isPatient) => new Promise((resolve, reject) => add({ unit, isPatient, resolve, reject })),
    alone: (turn) => add({ isPatient: false, turn }),
    async idle() {
      isDue = true
      start()
      while (running) await running
    },
  }
}
