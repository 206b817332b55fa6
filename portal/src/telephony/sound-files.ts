/** Sound files: their names, their length, how they come and where they stay. */
import { open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { PortalError } from '../errors.ts'

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
export async function readDuration(path: string, filename: string): Promise<number | null> {
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

/** The name of a record that came from an address: the address's own, else by its type; what cannot be told is mp3 (contract 4.3). */
export function nameFetched(url: string, contentType: string): string {
  const name = nameInUrl(url).replace(/[\p{Cc}]/gu, '')
  if (/\.(wav|mp3|flac)$/i.test(name)) return name.slice(-200)
  const ending = /\bflac\b/i.test(contentType) ? 'flac' : /\bwav(e)?\b/i.test(contentType) ? 'wav' : 'mp3'
  return `record.${ending}`
}

/** What undoes the content encoding of an answer; null for one that is not known. */
export function decoderOf(encoding: string): Transform | 'plain' | null {
  const name = encoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return 'plain'
  if (name === 'gzip' || name === 'x-gzip') return createGunzip()
  if (name === 'deflate') return createInflate()
  return name === 'br' ? createBrotliDecompress() : null
}

/** A folder keeps its new name over a power loss only when it is synced itself. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
