/** Recordings: files on disk below one folder, a row for each; a repeat replaces the earlier one (contract 4.6). */
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Agent, request } from 'undici'
import { idOf } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { checkUrl, guardedLookup, type AllowPrivate } from '../delivery/outbound.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/** What recordings need. */
export interface RecordingsParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** the folder of the files */
  readonly folder: string
  readonly maxBytes: number
  readonly allowPrivate: AllowPrivate
  /** the portal's own address; no slash at its end */
  readonly publicUrl: string
  changed(portalId: number, names: readonly string[]): void
}

/** A record for a call that stands in the statistics. */
export interface NewRecord {
  readonly portalId: number
  readonly callId: string
  readonly filename: string
}

const uploadLifeMs = 3_600_000
const mimes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' }

/** The file's name without folders, with an ending that may be played. */
export function readFilename(filename: string | undefined): string {
  const name = (filename ?? '')
    .split(/[/\\]/)
    .at(-1)!
    .replace(/[\p{Cc}]/gu, '')
    .trim()
  if (name === '') throw new PortalError('record_name_empty')
  if (!/\.(wav|mp3)$/i.test(name)) throw new PortalError('record_extension')
  return name.slice(-200)
}

/** The last part of a URL's path, decoded where it can be; '' for what is no URL. */
export function nameInUrl(url: string): string {
  const name = URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Length of a PCM WAV file by its header, in seconds; null when it cannot be told. */
async function readDuration(path: string, filename: string): Promise<number | null> {
  if (!/\.wav$/i.test(filename)) return null
  const file = await open(path)
  try {
    const head = Buffer.alloc(44)
    const { bytesRead } = await file.read(head, 0, 44, 0)
    if (bytesRead < 44 || head.toString('latin1', 0, 4) !== 'RIFF') return null
    const bytesPerSecond = head.readUInt32LE(28)
    const { size } = await file.stat()
    return bytesPerSecond === 0 ? null : Math.round(((size - 44) / bytesPerSecond) * 100) / 100
  } finally {
    await file.close()
  }
}

function limited(maxBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(new PortalError('record_too_large', { limit: maxBytes }))
      else done(null, chunk)
    },
  })
}

/** Builds the verbs on recordings. */
export function createRecordings(parts: RecordingsParts) {
  const { store, clock, log, folder, maxBytes } = parts
  const agent = new Agent({
    connect: { lookup: guardedLookup(parts.allowPrivate) as never, timeout: 5000 },
    headersTimeout: 15_000,
    bodyTimeout: 60_000,
    maxRedirections: 0,
  } as Agent.Options)

  const requireFinished = async (portalId: number, callId: string): Promise<Row<'statistic'>> => {
    const row = await store.read
      .selectFrom('statistic')
      .selectAll()
      .where('call_id', '=', callId)
      .where('portal_id', '=', portalId)
      .executeTakeFirst()
    if (!row) throw new PortalError('record_not_finished')
    return row
  }

  /** Spools to a temporary file, syncs it, moves it into place, then writes the row: a crash leaves no half record. */
  const save = async (record: NewRecord, content: Readable): Promise<number> => {
    const relative = join(String(record.portalId), new Date(clock.now()).toISOString().slice(0, 7))
    await mkdir(join(folder, relative), { recursive: true })
    const path = join(relative, `${randomBytes(16).toString('hex')}.${record.filename.split('.').at(-1)!.toLowerCase()}`)
    const spool = join(folder, `${path}.part`)
    try {
      await pipeline(content, limited(maxBytes), createWriteStream(spool, { flush: true }))
      const { size } = await stat(spool)
      if (size === 0) throw new PortalError('record_empty')
      const duration = await readDuration(spool, record.filename)
      await rename(spool, join(folder, path))
      return await writeRow(record, { path, bytes: size, duration })
    } catch (error) {
      await rm(spool, { force: true })
      await rm(join(folder, path), { force: true })
      throw error
    }
  }

  const writeRow = async (record: NewRecord, file: { path: string; bytes: number; duration: number | null }): Promise<number> => {
    const old: string[] = []
    const id = await store.transaction(async (tx) => {
      const before = await tx.db
        .deleteFrom('recording')
        .where('call_id', '=', record.callId)
        .where('portal_id', '=', record.portalId)
        .returning('path')
        .execute()
      old.push(...before.map((row) => row.path))
      const mime = mimes[record.filename.split('.').at(-1)!.toLowerCase()] ?? 'application/octet-stream'
      const row = await tx.db
        .insertInto('recording')
        .values({
          portal_id: record.portalId,
          call_id: record.callId,
          filename: record.filename,
          mime,
          bytes: file.bytes,
          path: file.path,
          duration_seconds: file.duration,
          created_at: clock.now(),
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await tx.db
        .updateTable('statistic')
        .set({ record_file_id: row.id, record_duration: file.duration })
        .where('call_id', '=', record.callId)
        .where('portal_id', '=', record.portalId)
        .execute()
      const call = await tx.db
        .selectFrom('call')
        .select(['entity_type', 'entity_id'])
        .where('call_id', '=', record.callId)
        .executeTakeFirst()
      const names = [
        'calls',
        `call:${record.callId}`,
        ...(call && call.entity_type !== '' ? [`${call.entity_type.toLowerCase()}:${call.entity_id}`] : []),
      ]
      tx.afterCommit(() => parts.changed(record.portalId, names))
      return row.id
    })
    for (const path of old) await rm(join(folder, path), { force: true })
    return id
  }

  const fetchFrom = async (record: NewRecord, url: string): Promise<number> => {
    const blocked = checkUrl(url, parts.allowPrivate)
    if (blocked) throw new PortalError('record_unreachable', { problem: blocked.text })
    let answer: Awaited<ReturnType<typeof request>>
    try {
      answer = await request(url, { dispatcher: agent })
    } catch (error) {
      throw new PortalError('record_unreachable', { problem: (error as Error).message })
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump()
      throw new PortalError('record_http', { status: answer.statusCode })
    }
    return save(record, answer.body).catch((error: Error & { code?: string }) => {
      if (error instanceof PortalError || !/^(UND_ERR|ECONN|EPIPE)/.test(error.code ?? '')) throw error
      throw new PortalError('record_unreachable', { problem: error.message })
    })
  }

  return {
    requireFinished,
    save,
    /** One try inside the request; its failure is the caller's answer (mode A). */
    fetchFrom,
    /** RECORD_URL of finish: two tries in the background, a failure is only logged (contract 4.3). */
    fetchLater(record: NewRecord, url: string): void {
      const again = (): Promise<number> =>
        new Promise<void>((resolve) => clock.at(clock.now() + 5000, resolve)).then(() => fetchFrom(record, url))
      fetchFrom(record, url)
        .catch(again)
        .catch((error: unknown) => log.warn({ err: error, call: record.callId }, 'RECORD_URL could not be fetched in two tries'))
    },
    /** An address that takes the record by POST, good once and for an hour (mode C). */
    async offerUpload(record: NewRecord, by: { owner: string; userId: number }): Promise<{ uploadUrl: string; fieldName: string }> {
      const secret = randomBytes(32).toString('hex')
      const payload = Buffer.from(JSON.stringify({ callId: record.callId })).toString('base64url')
      const expiresAt = clock.now() + uploadLifeMs
      await store.transaction((tx) =>
        tx.insert('upload', {
          token_hash: hashOf(secret),
          portal_id: record.portalId,
          call_id: record.callId,
          filename: record.filename,
          owner: by.owner,
          user_id: by.userId,
          expires_at: expiresAt,
          used_at: null,
        }),
      )
      const token = encodeURIComponent(`telephony|${payload}|${secret}`)
      return { uploadUrl: `${parts.publicUrl}/rest/upload.json?token=${token}`, fieldName: 'file' }
    },
    /** The upload that a token stands for; refused when it is unknown, used or too old. Asked before the body is read. */
    async openUpload(token: string): Promise<Row<'upload'>> {
      const secret = token.split('|')[2] ?? ''
      // taken in one statement: of several that come together one gets it
      return store.transaction(async (tx) => {
        const row = await tx.db
          .updateTable('upload')
          .set({ used_at: clock.now() })
          .where('token_hash', '=', hashOf(secret))
          .where('used_at', 'is', null)
          .where('expires_at', '>', clock.now())
          .returningAll()
          .executeTakeFirst()
        const appId = row ? idOf(row.owner, 'app') : null
        const app =
          appId === null
            ? null
            : await tx.db.selectFrom('app').select('id').where('id', '=', appId).where('deleted_at', 'is', null).executeTakeFirst()
        if (!row || app === undefined) throw new PortalError('upload_token')
        return row
      })
    },
    /** Takes the record of an opened upload. */
    takeUpload(upload: Row<'upload'>, content: Readable): Promise<number> {
      return save({ portalId: upload.portal_id, callId: upload.call_id, filename: upload.filename }, content)
    },
    /** Gives an address back whose record could not be taken: it may be tried again. */
    async returnUpload(upload: Row<'upload'>): Promise<void> {
      await store.transaction((tx) =>
        tx.write(store.build.updateTable('upload').set({ used_at: null }).where('token_hash', '=', upload.token_hash)),
      )
    },
    /** The file of a recording, for playing. */
    async find(portalId: number, id: number): Promise<{ row: Row<'recording'>; path: string }> {
      const row = await store.read
        .selectFrom('recording')
        .selectAll()
        .where('id', '=', id)
        .where('portal_id', '=', portalId)
        .executeTakeFirst()
      if (!row) throw new PortalError('recording_unknown', { id })
      return { row, path: join(folder, row.path) }
    },
    /** Removes what a dead process left of records that it was taking. Only where no other process is at work. */
    async clearUnfinished(): Promise<void> {
      const files = await readdir(folder, { recursive: true }).catch(() => [])
      for (const file of files.filter((name) => name.endsWith('.part'))) await rm(join(folder, file), { force: true })
    },
    close: () => agent.destroy(),
  }
}

/** The verbs on recordings. */
export type Recordings = ReturnType<typeof createRecordings>

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
