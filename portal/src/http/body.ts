import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Transform, type Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { PortalError } from '../errors.ts'
import { checkCount, deepestNesting, isMap, mostParameters, nestFields, parseForm, type LooseMap } from '../rest/php.ts'

/** How much may come, and the setting that says so. */
export interface Limit {
  readonly bytes: number
  readonly setting: string
}

function tooLarge(limit: Limit): PortalError {
  return new PortalError('body_too_large', { limit: limit.bytes, setting: limit.setting })
}

/** A client that went away while it sent is no bug of ours. */
function cutOff(error: unknown): Error {
  return error instanceof PortalError ? error : new PortalError('malformed_body', { detail: 'the connection was lost before its end' })
}

/**
 * The bytes of a request, up to a limit. What goes wrong behind it does not destroy the request, whose socket the refusal still needs;
 * the rest of the body is read and thrown away.
 */
function limited(source: Readable, limit: Limit): Transform {
  let bytes = 0
  const guarded = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes > limit.bytes) done(tooLarge(limit))
      else done(null, chunk)
    },
  })
  const onCut = (): void => void (source.readableEnded || guarded.destroy(cutOff(null)))
  source.once('error', onCut)
  source.once('close', onCut)
  guarded.once('close', () => {
    source.unpipe(guarded)
    source.off('close', onCut)
    source.resume()
  })
  return source.pipe(guarded)
}

/** The whole body in memory. */
export async function readBytes(stream: Readable & { headers?: IncomingMessage['headers'] }, limit: Limit): Promise<Buffer> {
  if (Number(stream.headers?.['content-length'] ?? 0) > limit.bytes) throw tooLarge(limit)
  return collect(stream, limit)
}

/** As `limited`, without a stream in between: every click comes through here. */
function collect(stream: Readable, limit: Limit): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const end = (refusal: Error | null): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
      // the rest is read and thrown away: the refusal still needs the socket
      if (refusal) stream.resume()
      if (refusal) reject(refusal)
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    }
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes > limit.bytes) end(tooLarge(limit))
    }
    const onEnd = (): void => end(null)
    const onCut = (): void => end(cutOff(null))
    stream.on('data', onData).once('end', onEnd).once('error', onCut).once('close', onCut)
  })
}

/** A body as a loose map: JSON, a PHP-style form or a multipart form (contract 6.1). What is not labelled is told by its first letter. */
export async function parseBody(contentType: string, stream: Readable, limit: Limit): Promise<LooseMap> {
  if (/^multipart\/form-data/i.test(contentType)) return nestFields(await readFields(contentType, stream, limit))
  const text = (await readBytes(stream, limit)).toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') return {}
  const isJson = /\bjson\b/i.test(contentType) || (!/urlencoded/i.test(contentType) && /^\s*[[{]/.test(text))
  return isJson ? parseJsonMap(text) : parseForm(text)
}

/** A JSON map; a list counts as a map by index, which is how PHP sends an empty one; `null` is what Go and C# write for no parameters. */
export function parseJsonMap(text: string): LooseMap {
  const value = parseJson(text)
  if (value === null) return {}
  if (Array.isArray(value)) return Object.fromEntries(value.map((one, index) => [String(index), one as LooseMap[string]]))
  if (!isMap(value)) throw new PortalError('malformed_body', { detail: 'JSON must be an object' })
  checkCount(Object.keys(value).length)
  return value
}

/** Any JSON, not deeper than 16 levels and without `__proto__`. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new PortalError('malformed_body', { detail: (error as Error).message.slice(0, 200) })
  }
  checkDepth(value, 0)
  return value
}

function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= deepestNesting) throw new PortalError('malformed_body', { detail: `more than ${deepestNesting} levels of nesting` })
  if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__']
  for (const inner of Object.values(value)) checkDepth(inner, depth + 1)
}

async function readFields(contentType: string, stream: Readable, limit: Limit): Promise<Array<[string, string]>> {
  const fields: Array<[string, string]> = []
  const parser = openMultipart(contentType, { fieldSize: limit.bytes, fields: mostParameters + 1, parts: mostParameters + 100 })
  parser.on('field', (name, value) => fields.push([name, value]))
  parser.on('file', (_name, file) => file.resume())
  await pipeline(limited(stream, limit), parser).catch((error: unknown) => {
    throw multipartProblem(error)
  })
  checkCount(fields.length)
  return fields
}

function multipartProblem(error: unknown): Error {
  return error instanceof PortalError ? error : new PortalError('malformed_body', { detail: (error as Error).message.slice(0, 200) })
}

/** What we use of the parser. */
interface MultipartParser extends Writable {
  on(event: 'field', hear: (name: string, value: string) => void): this
  /** given: name of the field, its bytes, file name, transfer encoding, type */
  on(event: 'file', hear: (...given: [name: string, file: Readable, filename: string, encoding: string, mime: string]) => void): this
  on(event: string, hear: (...given: never[]) => void): this
}

function openMultipart(contentType: string, limits: Record<string, number>): MultipartParser {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits })
  } catch (error) {
    throw multipartProblem(error)
  }
}

/** A file that was received; whoever takes it moves it away, what is left is removed. */
export interface ReceivedFile {
  readonly path: string
  readonly bytes: number
  readonly filename: string
  readonly mime: string
}

/**
 * Spools the first file of a multipart body, or a raw body, to a file in `folder`. Nothing is kept of a body that is cut off or too
 * large. `limit` is for the file itself.
 */
export async function receiveFile({
  contentType,
  stream,
  folder,
  limit,
}: {
  contentType: string
  stream: Readable
  folder: string
  limit: Limit
}): Promise<ReceivedFile> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `upload-${randomUUID()}`)
  try {
    if (!/^multipart\/form-data/i.test(contentType)) return await spool({ path, stream, limit, filename: '', mime: contentType })
    return await spoolPart(contentType, stream, { path, limit })
  } catch (error) {
    await rm(path, { force: true })
    throw cutOff(error)
  }
}

async function spool({
  path,
  stream,
  limit,
  filename,
  mime,
}: {
  path: string
  stream: Readable
  limit: Limit
  filename: string
  mime: string
}): Promise<ReceivedFile> {
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx' })
  await pipeline(limited(stream, limit), file)
  return { path, bytes: file.bytesWritten, filename, mime }
}

async function spoolPart(contentType: string, stream: Readable, { path, limit }: { path: string; limit: Limit }): Promise<ReceivedFile> {
  const parser = openMultipart(contentType, { files: 1, fields: 100, fieldSize: 65_536 })
  const received: Array<Promise<ReceivedFile>> = []
  parser.on('file', (...[, file, filename, , mime]) => {
    if (received.length > 0) return void file.resume()
    const spooled = spool({ path, stream: file, limit, filename, mime })
    received.push(spooled)
    // the failure is told by the pipeline below, which must not go on reading
    spooled.catch((error: unknown) => parser.destroy(error as Error))
  })
  // the envelope of a multipart body is small beside its file
  await pipeline(limited(stream, { ...limit, bytes: limit.bytes + 1_048_576 }), parser).catch((error: unknown) => {
    throw multipartProblem(error)
  })
  const file = await received[0]
  if (!file) throw new PortalError('upload_file')
  return file
}

/** Throws when the beginning of a body names a caller that may not come in; false when it names none. */
export type Admit = (head: string) => Promise<boolean>

/** Large bodies whose caller stands behind their content, as SDKs send them, are spooled for so many at a time and no longer than this. */
const mostGuests = 2
const guestMs = 120_000

/** Bodies past the usual limit wait on disk and are read one at a time, so that a few of them do not fill the memory. */
export class LargeBodies {
  readonly #folder: string
  readonly #usual: number
  #turn: Promise<void> = Promise.resolve()
  #guests = 0

  constructor({ folder, usualBytes }: { folder: string; usualBytes: number }) {
    this.#folder = folder
    this.#usual = usualBytes
  }

  /**
   * Parses the body and runs `use` with it; a large one has the memory to itself until `use` has ended. With `admit` the caller is not known
   * yet: it is asked as soon as the usual limit is passed (design 11.15).
   */
  async use<T>(
    request: IncomingMessage,
    { limit, admit }: { readonly limit: Limit; readonly admit: Admit | null },
    use: (body: LooseMap) => Promise<T>,
  ): Promise<T> {
    const contentType = request.headers['content-type'] ?? ''
    const length = Number(request.headers['content-length'] ?? Number.NaN)
    if (length > limit.bytes) throw tooLarge(limit)
    if (length <= this.#usual || limit.bytes <= this.#usual) return use(await parseBody(contentType, request, limit))
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, `body-${randomUUID()}`)
    try {
      const source = limited(request, limit)
      const file = createWriteStream(path, { mode: 0o600, flags: 'wx' })
      await pipeline(source, (chunks: AsyncIterable<Buffer>) => (admit ? this.#admitted(source, admit) : chunks), file).catch(
        (error: unknown) => {
          throw cutOff(error)
        },
      )
      const read = async (): Promise<T> => use(await parseBody(contentType, createReadStream(path), limit))
      return (await stat(path)).size <= this.#usual ? await read() : await this.#inTurn(read)
    } finally {
      await rm(path, { force: true })
    }
  }

  /** Lets the usual bytes pass, then asks who it is; whom nobody knows yet takes one of the few places. */
  async *#admitted(source: Readable, admit: Admit): AsyncGenerator<Buffer> {
    let head: Buffer[] | null = []
    let bytes = 0
    let timer: NodeJS.Timeout | null = null
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        head?.push(chunk)
        bytes += chunk.length
        if (head && bytes > this.#usual) {
          const text = Buffer.concat(head).toString('latin1')
          head = null
          if (!(await admit(text))) timer = this.#takePlace(source)
        }
        yield chunk
      }
    } finally {
      if (timer) {
        clearTimeout(timer)
        this.#guests--
      }
    }
  }

  #takePlace(source: Readable): NodeJS.Timeout {
    const refusal = new PortalError('body_before_caller', { limit: this.#usual })
    if (this.#guests >= mostGuests) throw refusal
    this.#guests++
    return setTimeout(() => source.destroy(refusal), guestMs)
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.then(
      () => {},
      () => {},
    )
    return result
  }
}

/** The `auth` of a body that has not come to its end yet, in any of the forms that bodies have; null when it did not come so far. */
export function findToken(head: string): string | null {
  const json = /"auth"\s*:\s*"([^"\\]{1,300})"/.exec(head)
  const form = /(?:^|&)auth=([^&\s]{1,300})(?:&)/.exec(head)
  const part = /name="auth"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{1,300})\r\n/.exec(head)
  return (json ?? form ?? part)?.[1] ?? null
}
