/** Notes of one ring: a soft rising third, twice, then a pause. Seconds and hertz. */
const notes = [
  { at: 0, pitch: 523.25 },
  { at: 0.16, pitch: 659.25 },
  { at: 0.44, pitch: 523.25 },
  { at: 0.6, pitch: 659.25 },
]
const noteSeconds = 0.34
const loudness = 0.055
const pauseMs = 2_800

/** Starts the soft ring tone; the answer stops it. A browser that wants a press first stays silent. */
export function startRing(): () => void {
  const audio = new AudioContext()
  const ringOnce = () => {
    if (audio.state !== 'running') return
    for (const note of notes) playNote(audio, audio.currentTime + note.at, note.pitch)
  }
  void audio.resume().then(ringOnce, () => undefined)
  const timer = window.setInterval(ringOnce, pauseMs)
  return () => {
    window.clearInterval(timer)
    void audio.close().catch(() => undefined)
  }
}

function playNote(audio: AudioContext, at: number, pitch: number): void {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency: pitch })
  const volume = new GainNode(audio, { gain: 0 })
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(loudness, at + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.0001, at + noteSeconds)
  tone.connect(volume).connect(audio.destination)
  tone.start(at)
  tone.stop(at + noteSeconds)
}
