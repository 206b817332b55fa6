/** Rows that are about to be deleted, kept as files: one a table and day, NDJSON in gzip, below `archive` in the data folder. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import type { Store, Tx } from './store.ts'

/** A row on its way into the archive. */
export interface Archived {
  /** names the folder: the table, or a part of it */
  readonly table: string
  /** decides the file: the day on which it happened, UTC */
  readonly at: number
  readonly row: Readonly<Record<string, unknown>>
}

/** A file of the archive. */
export interface ArchiveFile {
  readonly table: string
  /** `2026-11-22` */
  readonly day: string
  readonly rows: number
  readonly bytes: number
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const compress = promisify(gzip)
const namePattern = /^(\d{4}-\d\d-\d\d)\.ndjson\.gz$/

/**
 * A batch is one gzip member behind the others. The database knows how many bytes of a file belong to rows that are really gone: it is told
 * in the transaction that deletes them. What a killed run left behind that mark is written over, so no row is there twice.
 */
export class Archive {
  readonly #store: Store
  readonly #folder: string
  #folderId: string | null = null

  constructor({ store, folder }: { readonly store: Store; readonly folder: string }) {
    this.#store = store
    this.#folder = folder
  }

  /** Writes rows to the disk. What is answered has to run in the transaction that deletes them. */
  async write(rows: readonly Archived[]): Promise<(tx: Tx) => void> {
    const files = Map.groupBy(rows, ({ table, at }) => `${table}/${new Date(at).toISOString().slice(0, 10)}.ndjson.gz`)
    const recorded: Array<(tx: Tx) => void> = []
    for (const [path, lines] of files) recorded.push(await this.#append(path, lines))
    return (tx) => {
      for (const record of recorded) record(tx)
    }
  }

  async #append(path: string, lines: readonly Archived[]): Promise<(tx: Tx) => void> {
    const folderId = await this.#readFolderId()
    const known = await this.#known(folderId, path)
    const member = await compress(lines.map(({ row }) => `${JSON.stringify(row)}\n`).join(''))
    const file = join(this.#folder, path)
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
    const handle = await open(file, 'a', 0o600).then(async (made) => {
      await made.close()
      return open(file, 'r+')
    })
    try {
      await handle.truncate(known.bytes)
      await handle.write(member, 0, member.length, known.bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // a new file's name is on the disk when its folder is
    if (known.bytes === 0) await syncFolder(join(file, '..'))
    const row = { folder_id: folderId, path, bytes: known.bytes + member.length, row_count: known.rows + lines.length }
    return (tx) =>
      tx.write(
        this.#store.build
          .insertInto('archive_file')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(['folder_id', 'path'])
              .doUpdateSet((eb) => ({ bytes: eb.ref('excluded.bytes'), row_count: eb.ref('excluded.row_count') })),
          ),
      )
  }

  async #known(folderId: string, path: string): Promise<{ bytes: number; rows: number }> {
    const row = await this.#store.read
      .selectFrom('archive_file')
      .select(['bytes', 'row_count'])
      .where('folder_id', '=', folderId)
      .where('path', '=', path)
      .executeTakeFirst()
    return { bytes: row?.bytes ?? 0, rows: row?.row_count ?? 0 }
  }

  /** Processes with data folders of their own have files of the same names. */
  async #readFolderId(): Promise<string> {
    if (this.#folderId !== null) return this.#folderId
    const path = join(this.#folder, 'folder-id')
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFile(path, randomUUID(), { flag: 'wx', mode: 0o600 }).catch((error: { code?: string }) => {
      if (error.code !== 'EEXIST') throw error
    })
    return (this.#folderId = (await readFile(path, 'utf8')).trim())
  }

  /** The files of this data folder, by table and day. */
  async list(): Promise<ArchiveFile[]> {
    const tables = await readdir(this.#folder, { withFileTypes: true }).catch(() => [])
    const files: ArchiveFile[] = []
    for (const table of tables.filter((entry) => entry.isDirectory()).map((entry) => entry.name)) {
      for (const name of await readdir(join(this.#folder, table))) {
        const day = namePattern.exec(name)?.[1]
        if (day === undefined) continue
        const { bytes, rows } = await this.#known(await this.#readFolderId(), `${table}/${name}`)
        if (rows > 0) files.push({ table, day, rows, bytes })
      }
    }
    return files.toSorted((a, b) => a.table.localeCompare(b.table) || a.day.localeCompare(b.day))
  }

  /** The rows of one file as lines of JSON. A file that this database does not know (the archive of another one) is read to its end. */
  async *lines(table: string, day: string): AsyncGenerator<string> {
    const path = `${table}/${day}.ndjson.gz`
    const file = join(this.#folder, path)
    const { bytes } = await this.#known(await this.#readFolderId(), path)
    const end = bytes > 0 ? bytes : (await stat(file)).size
    const text = createReadStream(file, { end: end - 1 }).pipe(createGunzip())
    for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) yield line
  }
}
