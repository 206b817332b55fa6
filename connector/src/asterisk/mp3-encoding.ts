/** The thread of `mp3.ts`: an hour of talk takes seconds to encode, and the connector must not stand still meanwhile. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { createMp3Encoder } from 'wasm-media-encoders'
import { HEADER_BYTES, SAMPLE_RATE } from './wav.ts'

const { from, into, channels } = workerData as { from: string; into: string; channels: 1 | 2 }
const CHUNK_FRAMES = 1 << 15
/** Kilobits a second and channel: what LAME takes for speech of this bandwidth. */
const BITRATE = 16

const encoder = await createMp3Encoder()
encoder.configure({ channels, sampleRate: SAMPLE_RATE, outputSampleRate: SAMPLE_RATE, bitrate: channels === 2 ? 32 : BITRATE })
const [source, target] = [openSync(from, 'r'), openSync(into, 'w', 0o600)]
const chunk = Buffer.alloc(CHUNK_FRAMES * 2 * channels)
const sides = Array.from({ length: channels }, () => new Float32Array(CHUNK_FRAMES))
for (let at = HEADER_BYTES; ;) {
  const bytes = readSync(source, chunk, 0, chunk.length, at)
  const frames = Math.floor(bytes / (2 * channels))
  if (frames === 0) break
  at += frames * 2 * channels
  for (const [side, samples] of sides.entries())
    for (let i = 0; i < frames; i++) samples[i] = chunk.readInt16LE(2 * (i * channels + side)) / 0x8000
  writeSync(target, encoder.encode(sides.map((samples) => samples.subarray(0, frames))))
}
writeSync(target, encoder.finalize())
closeSync(source)
closeSync(target)
