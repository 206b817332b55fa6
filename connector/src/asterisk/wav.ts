import { open, type FileHandle } from 'node:fs/promises'

/** What Asterisk writes: 44 bytes of header, then 8 kHz, 16 bit, mono. */
export const HEADER_BYTES = 44
/** Samples per second. */
export const SAMPLE_RATE = 8000
const SAMPLE_BYTES = 2
const CHUNK_BYTES = 1 << 18

/** Seconds of sound in a WAV file of so many bytes and channels. */
export function secondsOfWav(bytes: number, channels = 1): number {
  return Math.max(0, bytes - HEADER_BYTES) / (SAMPLE_RATE * SAMPLE_BYTES * channels)
}

/** True if there is sound behind the header. */
export function hasSound(bytes: number): boolean {
  return bytes > HEADER_BYTES
}

/** How many channels the header tells of. */
export async function channelsOf(path: string): Promise<number> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 22)
    return buffer.readUInt16LE(0)
  } finally {
    await file.close()
  }
}

/** Writes the header anew, by the length that the file has: an Asterisk that was killed left the length it began with, 0. */
export async function repairHeader(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    await file.write(headerOf(size - HEADER_BYTES, 1), 0, HEADER_BYTES, 0)
  } finally {
    await file.close()
  }
}

/** Makes one stereo file of two mono ones; the shorter one is silent at its end. Nothing but a chunk of each is held in memory. */
export async function mergeToStereo(left: string, right: string, into: string): Promise<void> {
  const files: FileHandle[] = []
  try {
    for (const [path, flags] of [
      [left, 'r'],
      [right, 'r'],
      [into, 'w'],
    ] as const)
      files.push(await open(path, flags, 0o600))
    const [first, second, target] = files as [FileHandle, FileHandle, FileHandle]
    const bytes = Math.max((await first.stat()).size, (await second.stat()).size) - HEADER_BYTES
    await target.write(headerOf(bytes * 2, 2))
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, bytes - at)
      await target.write(interleave(await readChunk(first, at, length), await readChunk(second, at, length)))
    }
  } finally {
    for (const file of files) await file.close()
  }
}

/** Zeros where the file has ended. */
async function readChunk(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const chunk = Buffer.alloc(length)
  await file.read(chunk, 0, length, HEADER_BYTES + at)
  return chunk
}

function interleave(left: Buffer, right: Buffer): Buffer {
  const both = Buffer.alloc(left.length * 2)
  for (let at = 0; at + 1 < left.length; at += SAMPLE_BYTES) {
    left.copy(both, at * 2, at, at + SAMPLE_BYTES)
    right.copy(both, at * 2 + SAMPLE_BYTES, at, at + SAMPLE_BYTES)
  }
  return both
}

function headerOf(dataBytes: number, channels: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SAMPLE_RATE * SAMPLE_BYTES * channels, 28)
  header.writeUInt16LE(SAMPLE_BYTES * channels, 32)
  header.writeUInt16LE(SAMPLE_BYTES * 8, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(dataBytes, 40)
  return header
}
