import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import pg from 'pg'

/** A statement as it went to the database. */
export interface HeardStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

interface Unit {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * Hears every statement that this process sends to any database until `stop`: reads of SQLite, what its writer thread is asked, and
 * PostgreSQL's. So tests look at what runs, not at a copy of it that could grow old.
 */
export function hearStatements(): { readonly heard: readonly HeardStatement[]; stop(): void } {
  const heard: HeardStatement[] = []
  const hear = (sql: string, parameters: readonly unknown[] = []): void => void heard.push({ sql, parameters })

  const probe = new Database(':memory:')
  const statements = Object.getPrototypeOf(probe.prepare('select 1')) as { all: (...parameters: unknown[]) => unknown }
  probe.close()
  const all = statements.all
  statements.all = function (this: { readonly source: string }, ...parameters: unknown[]) {
    hear(this.source, parameters)
    return all.apply(this, parameters)
  }

  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (this: Worker, ...words: Parameters<typeof post>) {
    const request = words[0] as { kind?: string; units?: string | Unit[][]; sql?: string; parameters?: readonly unknown[] } | null
    if (request?.kind === 'execute') hear(request.sql ?? '', request.parameters)
    if (request?.kind === 'batch') {
      const units = (typeof request.units === 'string' ? JSON.parse(request.units) : (request.units ?? [])) as Unit[][]
      for (const { sql, parameters } of units.flat()) hear(sql, parameters)
    }
    return post.apply(this, words)
  }

  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const query = pg.Client.prototype.query as (...words: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...words: unknown[]) {
    const [first, second] = words
    if (typeof first === 'string') hear(first, Array.isArray(second) ? second : [])
    else if (typeof first === 'object' && first !== null && 'text' in first)
      hear(String(first.text), ((first as { values?: unknown[] }).values ?? second ?? []) as unknown[])
    return query.apply(this, words)
  } as typeof pg.Client.prototype.query

  return {
    heard,
    stop() {
      statements.all = all
      Worker.prototype.postMessage = post
      pg.Client.prototype.query = query as typeof pg.Client.prototype.query
    },
  }
}
