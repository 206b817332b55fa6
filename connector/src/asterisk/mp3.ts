import { rename, rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { channelsOf } from './wav.ts'

const file = import.meta.url.endsWith('.ts') ? './mp3-encoding.ts' : './mp3-encoding.js'

/** Makes an MP3 of a WAV (8 kHz, 16 bit, one or two channels), whole or not at all; an eighth of its size. In a thread of its own. */
export async function encodeMp3(from: string, into: string): Promise<void> {
  const channels = await channelsOf(from)
  const draft = `${into}.new`
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { from, into: draft, channels } })
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the MP3 encoder ended with ${code}`))))
    })
    await rename(draft, into)
  } finally {
    await rm(draft, { force: true })
  }
}
