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

/** What the writer thread is asked; a text may be sent once and be named by its index from then on. */
interface WriterAsk {
  readonly kind?: string
  readonly units?: string
  readonly batch?: string
  readonly sql?: string
  readonly parameters?: readonly unknown[]
}

/** An ear on the databases. */
export interface Ear {
  /** what was heard since the last time, one statement a text */
  take(): ReadonlyMap<string, HeardStatement>
  stop(): void
}

/**
 * Hears every statement that this process sends to any database until `stop`: reads of SQLite, what its writer thread is asked, and
 * PostgreSQL's. So tests look at what runs, not at a copy of it that could grow old. Put it on before the portal starts.
 */
export function hearStatements(): Ear {
  let heard = new Map<string, HeardStatement>()
  const hear = (sql: string, parameters: readonly unknown[] = []): void => void heard.set(sql, { sql, parameters })

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
  const texts = new WeakMap<Worker, string[]>()
  const hearBatch = (worker: Worker, { newTexts, units }: { newTexts: string[]; units: Array<Array<[number, unknown[]]>> }): void => {
    const known = [...(texts.get(worker) ?? []), ...newTexts]
    texts.set(worker, known)
    for (const [text, parameters] of units.flat()) hear(known[text] ?? `text ${text} was sent before anybody heard`, parameters)
  }
  Worker.prototype.postMessage = function (this: Worker, ...words: Parameters<typeof post>) {
    const request = words[0] as WriterAsk | null
    if (request?.kind === 'execute') hear(request.sql ?? '', request.parameters)
    if (request?.units !== undefined)
      for (const { sql, parameters } of (JSON.parse(request.units) as Unit[][]).flat()) hear(sql, parameters)
    if (request?.batch !== undefined) hearBatch(this, JSON.parse(request.batch) as Parameters<typeof hearBatch>[1])
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
    take() {
      const taken = heard
      heard = new Map()
      return taken
    },
    stop() {
      statements.all = all
      Worker.prototype.postMessage = post
      pg.Client.prototype.query = query as typeof pg.Client.prototype.query
    },
  }
}
