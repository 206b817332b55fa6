/** Sound for tests: 8 kHz, A-law (G.711) on the wire, signed 16-bit samples in hand. */

/** Samples per second. */
export const sampleRate = 8000

/** One sample as A-law (ITU-T G.711). */
export function encodeAlaw(sample: number): number {
  const sign = sample < 0 ? 0x00 : 0x80
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 0x7fff) >> 3
  let exponent = 0
  for (let rest = magnitude >> 5; rest > 0; rest >>= 1) exponent += 1
  const mantissa = exponent === 0 ? (magnitude >> 1) & 0x0f : (magnitude >> exponent) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

/** One A-law byte as a sample. */
export function decodeAlaw(byte: number): number {
  const plain = byte ^ 0x55
  const exponent = (plain >> 4) & 7
  const mantissa = plain & 0x0f
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
  return (plain & 0x80) !== 0 ? magnitude : -magnitude
}

/** 50 ms: a whole number of periods of all tones used here, and short enough that a lost packet spoils one window only. */
const WINDOW = 400

/** How much of the power of `samples` lies at `hz`: 0 none, 1 all of it (Goertzel, by windows). */
export function toneShare(samples: ArrayLike<number>, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate)
  let [atTone, inAll] = [0, 0]
  for (let start = 0; start + WINDOW <= samples.length; start += WINDOW) {
    let [last, before] = [0, 0]
    for (let i = start; i < start + WINDOW; i++) {
      const sample = samples[i] ?? 0
      const next = sample + coefficient * last - before
      before = last
      last = next
      inAll += sample * sample
    }
    atTone += (2 * (last * last + before * before - coefficient * last * before)) / WINDOW
  }
  return inAll === 0 ? 0 : atTone / inAll
}

/** The channels of a WAV file of 16 bit at 8 kHz. Throws on any other. */
export function readWav(file: Buffer): Int16Array[] {
  const [format, channels, rate, bits] = [file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]
  if (file.toString('latin1', 0, 4) !== 'RIFF' || format !== 1 || rate !== sampleRate || bits !== 16)
    throw new Error('not a WAV of 8 kHz and 16 bit')
  const frames = Math.floor((file.length - 44) / 2 / channels)
  return Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length: frames }, (__, frame) => file.readInt16LE(44 + 2 * (frame * channels + channel))),
  )
}
