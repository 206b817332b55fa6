/** What was read a moment ago and has not been written since: rows that every request asks for, kept in memory. */

/** An answer, and when it was read by the machine's own steady clock. */
interface Kept {
  readonly rows: Promise<readonly unknown[]>
  readonly readAt: number
}

/** How long another process's write may go unseen here when its message was lost with it. */
const goodForMs = 2_000
const answersKept = 10_000
const tableOfWrite = /^\s*(?:insert\s+into|update|delete\s+from)\s+"?(\w+)"?/i

/** Answers of one statement, or of several on the same tables. */
export interface Remembered {
  /** The answer to these values: the one before if it still holds, else `read` anew. Rows are shared: nobody changes them. */
  answer<Row>(values: Readonly<Record<string, unknown>>, read: () => Promise<readonly Row[]>): Promise<readonly Row[]>
}

/** Knows which answers hold. */
export class Memory {
  readonly #byTable = new Map<string, Set<Map<string, Kept>>>()
  readonly #tables = new Map<string, string | null>()

  /** Answers that hold until one of these tables is written, and for two seconds at most. */
  of(tables: readonly string[]): Remembered {
    const kept = new Map<string, Kept>()
    for (const table of tables) this.#byTable.set(table, (this.#byTable.get(table) ?? new Set()).add(kept))
    return {
      answer<Row>(values: Readonly<Record<string, unknown>>, read: () => Promise<readonly Row[]>) {
        const key = Object.values(values).join('\u0000')
        const known = kept.get(key)
        const now = performance.now()
        if (known && now - known.readAt < goodForMs) return known.rows as Promise<readonly Row[]>
        if (kept.size >= answersKept) kept.clear()
        // forgotten while it is read: whoever waits gets it, nobody after them
        const rows = read()
        const one: Kept = { rows, readAt: now }
        kept.set(key, one)
        rows.catch(() => kept.get(key) === one && kept.delete(key))
        return rows
      },
    }
  }

  /** The table that a statement writes, if answers depend on it. */
  written(sql: string): string | null {
    let table = this.#tables.get(sql)
    if (table === undefined) {
      const name = tableOfWrite.exec(sql)?.[1] ?? null
      table = name !== null && this.#byTable.has(name) ? name : null
      if (this.#tables.size >= answersKept) this.#tables.clear()
      this.#tables.set(sql, table)
    }
    return table
  }

  /** These tables were written; none named: any may have been. */
  forget(tables: Iterable<string> = this.#byTable.keys()): void {
    for (const table of tables) for (const kept of this.#byTable.get(table) ?? []) kept.clear()
  }
}
