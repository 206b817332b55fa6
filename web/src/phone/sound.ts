import type { PhoneSound } from './phone.ts'

interface Meter {
  source: MediaStreamAudioSourceNode
  analyser: AnalyserNode
}

/** Microphone, loudspeaker and level meters of this browser. */
export function createPhoneSound(): PhoneSound {
  const players = new Map<string, HTMLAudioElement>()
  const heard = new Map<string, Meter>()
  const said = new Map<string, Meter>()
  let context: AudioContext | null = null

  const measure = (meters: Map<string, Meter>, id: string, stream: MediaStream): void => {
    context ??= new AudioContext()
    void context.resume().catch(() => undefined)
    meters.get(id)?.source.disconnect()
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream })
    const analyser = new AnalyserNode(context, { fftSize: 512 })
    source.connect(analyser)
    meters.set(id, { source, analyser })
  }

  return {
    async openMicrophone(deviceId) {
      if (!('mediaDevices' in navigator)) throw new DOMException('no microphone here', 'NotFoundError')
      const audio = deviceId === '' ? true : { deviceId: { ideal: deviceId } }
      return navigator.mediaDevices.getUserMedia({ audio })
    },
    play(id, sound, speaker) {
      const player = players.get(id) ?? new Audio()
      players.set(id, player)
      player.srcObject = sound
      if (speaker !== '') void useSink(player, speaker)
      void player.play().catch(() => undefined)
      measure(heard, id, sound)
    },
    listenTo: (id, microphone) => measure(said, id, microphone),
    forget(id) {
      const player = players.get(id)
      if (player) player.srcObject = null
      players.delete(id)
      for (const meters of [heard, said]) {
        meters.get(id)?.source.disconnect()
        meters.delete(id)
      }
    },
    async useSpeaker(speaker) {
      for (const player of players.values()) await useSink(player, speaker)
    },
    levels: () => ({ said: loudest(said), heard: loudest(heard) }),
  }
}

/** Not every browser can choose; then its own choice stays. */
async function useSink(player: HTMLAudioElement, speaker: string): Promise<void> {
  if ('setSinkId' in player) await player.setSinkId(speaker).catch(() => undefined)
}

function loudest(meters: Map<string, Meter>): number {
  let most = 0
  for (const { analyser } of meters.values()) {
    const samples = new Float32Array(analyser.fftSize)
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    // a voice spans 60 dB; the meter shows them evenly
    most = Math.max(most, Math.min(1, Math.max(0, 1 + Math.log10(Math.sqrt(power) || 1e-6) / 3)))
  }
  return most
}
