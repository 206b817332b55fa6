/** Recordings: files on disk below one folder, a row for each; a repeat replaces the earlier one (contract 4.6). */
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Agent, request } from 'undici'
import { idOf } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { checkUrl, guardedLookup, type AllowPrivate } from '../delivery/outbound.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { decoderOf, nameFetched, readDuration, syncFolder } from './sound-files.ts'

/** What recordings need. */
export interface RecordingsParts {
  readonly store: Store
  readonly clock: Clock
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
const mimes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg', flac: 'audio/flac' }

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
  const { store, clock, folder, maxBytes } = parts
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
  const save = async (record: NewRecord, content: Readable, decoder: Transform | 'plain' = 'plain'): Promise<number> => {
    const relative = join(String(record.portalId), new Date(clock.now()).toISOString().slice(0, 7))
    await mkdir(join(folder, relative), { recursive: true })
    const path = join(relative, `${randomBytes(16).toString('hex')}.${record.filename.split('.').at(-1)!.toLowerCase()}`)
    const spool = join(folder, `${path}.part`)
    try {
      const steps = decoder === 'plain' ? [content] : [content, decoder]
      await pipeline([...steps, limited(maxBytes), createWriteStream(spool, { flush: true })])
      const { size } = await stat(spool)
      if (size === 0) throw new PortalError('record_empty')
      const duration = await readDuration(spool, record.filename)
      await rename(spool, join(folder, path))
      await syncFolder(dirname(join(folder, path)))
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

  const fetchFrom = async (
    { portalId, callId, filename }: Omit<NewRecord, 'filename'> & { readonly filename: string | null },
    url: string,
  ): Promise<number> => {
    const blocked = checkUrl(url, parts.allowPrivate)
    if (blocked) throw new PortalError('record_unreachable', { problem: blocked.text })
    let answer: Awaited<ReturnType<typeof request>>
    try {
      answer = await request(url, { dispatcher: agent, headers: { 'accept-encoding': 'identity' } })
    } catch (error) {
      throw new PortalError('record_unreachable', { problem: (error as Error).message })
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump()
      throw new PortalError('record_http', { status: answer.statusCode })
    }
    const decoder = decoderOf(headerOf(answer.headers['content-encoding']))
    if (decoder === null) {
      answer.body.destroy()
      throw new PortalError('record_unreachable', { problem: 'its content encoding is not known' })
    }
    const record = { portalId, callId, filename: filename ?? nameFetched(url, headerOf(answer.headers['content-type'])) }
    return save(record, answer.body, decoder).catch((error: Error & { code?: string }) => {
      if (error instanceof PortalError || !/^(UND_ERR|ECONN|EPIPE|Z_|ERR__?(BROTLI|ZLIB)|ERR_STREAM)/.test(error.code ?? '')) throw error
      throw new PortalError('record_unreachable', { problem: error.message })
    })
  }

  return {
    requireFinished,
    save,
    /** One try: a failure is thrown. Without a filename the address or its answer names the record. */
    fetchFrom,
    /** An address that takes the record by POST, good once and for an hour (mode C). Its `auth` opens nothing but this upload. */
    async offerUpload(record: NewRecord, by: { owner: string; userId: number }): Promise<{ uploadUrl: string; fieldName: string }> {
      const [auth, secret] = [randomBytes(35).toString('hex'), randomBytes(32).toString('hex')]
      const payload = Buffer.from(JSON.stringify({ callId: record.callId })).toString('base64url')
      const expiresAt = clock.now() + uploadLifeMs
      await store.transaction((tx) =>
        tx.insert('upload', {
          token_hash: hashOf(auth, secret),
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
      return { uploadUrl: `${parts.publicUrl}/rest/upload.json?auth=${auth}&token=${token}`, fieldName: 'file' }
    },
    /** The upload that a token stands for; refused when it is unknown, used or too old. Asked before the body is read. */
    async openUpload({ auth, token }: { auth: string; token: string }): Promise<Row<'upload'>> {
      const secret = token.split('|')[2] ?? ''
      // taken in one statement: of several that come together one gets it
      return store.transaction(async (tx) => {
        const row = await tx.db
          .updateTable('upload')
          .set({ used_at: clock.now() })
          .where('token_hash', '=', hashOf(auth, secret))
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
    /** Removes what dead processes left: half records, and files that no row names. `quietMs`: how old they have to be, where other processes are at work. */
    async clearLeftovers(quietMs: number): Promise<void> {
      const files = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) => entry.isFile())
      if (files.length === 0) return
      const rows = await store.read.selectFrom('recording').select('path').execute()
      const named = new Set(rows.map((row) => join(folder, row.path)))
      for (const entry of files) {
        const path = join(entry.parentPath, entry.name)
        if (named.has(path)) continue
        const found = await stat(path).catch(() => null)
        if (found && found.mtimeMs + quietMs <= Date.now()) await rm(path, { force: true })
      }
    },
    close: () => agent.destroy(),
  }
}

/** The verbs on recordings. */
export type Recordings = ReturnType<typeof createRecordings>

function hashOf(auth: string, secret: string): string {
  return createHash('sha256').update(`${auth} ${secret}`).digest('hex')
}

function headerOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}
