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
  /**
   * Its turn is its own until it calls `release`. What waits for a commit goes before each turn: many who want the writer alone, as when the breaker of a
   * handler ends a hundred clicks, do not keep the others from it.
   */
  alone(turn: (release: () => void) => void): void
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

const batchLimit = 512
/** shorter than from one click to the next at a few hundred a second: there a click's commit carries its own pages alone */
const patienceMs = 1

/** One batch in flight and no linger: what comes while it runs is the next batch (perf.md 9.10). `commitBatch` settles each unit and never rejects. */
export function createGroupCommit(commitBatch: (batch: readonly Waiting[]) => Promise<void>): GroupCommit {
  const units: Waiting[] = []
  const turns: Array<(release: () => void) => void> = []
  let impatient = 0
  let isDue = false
  let patience: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null

  const isPressing = (): boolean => impatient > 0 || turns.length > 0 || (isDue && units.length > 0)

  const start = (): void => {
    if (running || units.length + turns.length === 0) return
    if (isPressing()) running = drain()
    else if (units.length > 0)
      patience ??= setTimeout(() => {
        isDue = true
        start()
      }, patienceMs)
  }

  const drain = async (): Promise<void> => {
    if (patience) clearTimeout(patience)
    patience = null
    while (isPressing()) {
      isDue = false
      if (units.length > 0) await commitBatch(nextBatch())
      const turn = turns.shift()
      if (turn) await new Promise<void>((release) => turn(release))
    }
    isDue = false
    running = null
    start()
  }

  const nextBatch = (): readonly Waiting[] => {
    const batch = units.splice(0, batchLimit)
    impatient -= batch.filter((waiting) => !waiting.isPatient).length
    return batch
  }

  return {
    commit: (unit, isPatient) =>
      new Promise((resolve, reject) => {
        units.push({ unit, isPatient, resolve, reject })
        if (!isPatient) impatient += 1
        start()
      }),
    alone(turn) {
      turns.push(turn)
      start()
    },
    async idle() {
      isDue = true
      start()
      while (running) await running
    },
  }
}
