const SAMPLE_RATE = 8000
const LONGEST_S = 30
const AGENT_HZ = 440
const CLIENT_HZ = 1000

/**
 * A recording for a simulated talk: WAV, 8 kHz, 16 bit, mono, as long as the talk but at most 30 s. The two sides take turns, the agent at
 * 440 Hz and the customer at 1000 Hz, and speak together at each change, so that both can be heard and measured in it.
 */
export function toneRecording(talkMs: number): Buffer<ArrayBuffer> {
  const samples = Math.round((Math.min(Math.max(talkMs, 200), LONGEST_S * 1000) / 1000) * SAMPLE_RATE)
  const wav = Buffer.alloc(44 + samples * 2)
  writeHeader(wav, samples * 2)
  for (let i = 0; i < samples; i++) {
    const at = i / SAMPLE_RATE
    const value = voice(AGENT_HZ, at, turn(at, 0)) + voice(CLIENT_HZ, at, turn(at, 0.5))
    wav.writeInt16LE(Math.round(value * 9000), 44 + i * 2)
  }
  return wav
}

/** Loudness 0…1 of a side whose turn begins at `phase` of each 0.8 s; soft edges, so that nothing clicks. */
function turn(at: number, phase: number): number {
  return Math.max(0, Math.min(1, 0.6 + 1.2 * Math.sin(2 * Math.PI * (at / 0.8 - phase))))
}

function voice(hz: number, at: number, loudness: number): number {
  return loudness * Math.sin(2 * Math.PI * hz * at)
}

function writeHeader(wav: Buffer, dataBytes: number): void {
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + dataBytes, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(SAMPLE_RATE, 24)
  wav.writeUInt32LE(SAMPLE_RATE * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(dataBytes, 40)
}
