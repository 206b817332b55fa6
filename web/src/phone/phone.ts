import type { PhoneAccess } from '../api/types.ts'
import type { SipCall, SipListener, SipPhone } from './sip.ts'

/** Why there is no phone, by its key in the texts. */
export type PhoneProblem =
  | 'insecure'
  | 'microphoneRefused'
  | 'microphoneMissing'
  | 'microphoneBusy'
  | 'refused'
  | 'unreachable'
  | 'registration'
  | 'takenOver'

/** What the phone of this tab is doing. `elsewhere`: another tab holds it. */
export type PhoneState =
  | { kind: 'off' | 'connecting' | 'elsewhere' | 'ready' }
  /** `detail`: in the portal's or the PBX's own words */
  | { kind: 'failed'; problem: PhoneProblem; detail: string }

/** A call on this phone. */
export interface PhoneCall {
  id: string
  /** the portal's CALL_ID; null: somebody called this phone itself */
  callId: string | null
  name: string
  number: string
  state: 'rings' | 'connects' | 'talks'
  isMuted: boolean
  isHeld: boolean
  /** no way for the sound was found */
  isSilent: boolean
}

/** All that is to be seen of the phone. */
export interface PhoneView {
  state: PhoneState
  calls: readonly PhoneCall[]
}

/** Which devices are used; '' is the browser's choice. */
export interface PhoneDevices {
  microphone: string
  speaker: string
}

/** The phone of this tab. */
export interface Phone {
  view: () => PhoneView
  subscribe: (listener: () => void) => () => void
  start: () => void
  stop: () => void
  /** the loudness of what is said and heard, 0 to 1 */
  levels: () => { said: number; heard: number }
  answer: (id: string) => Promise<void>
  end: (id: string) => void
  mute: (id: string, isMuted: boolean) => void
  hold: (id: string, isHeld: boolean) => void
  press: (id: string, digit: string) => void
  useDevices: (devices: PhoneDevices) => Promise<void>
}

/** What a phone is built of; a test hands in others. */
export interface PhoneParts {
  access: () => Promise<PhoneAccess>
  /** is this the CALL_ID of a click of the person at this screen, that waits for an answer? */
  isOwnClick: (callId: string) => Promise<boolean>
  /** the words of a refusal of the portal; null: there was no answer */
  wordsOf: (error: unknown) => string | null
  openSip: (access: PhoneAccess, listener: SipListener) => Promise<SipPhone>
  sound: PhoneSound
  devices: () => PhoneDevices
  now: () => number
}

/** Microphone and loudspeaker. */
export interface PhoneSound {
  /** rejects like getUserMedia */
  openMicrophone: (deviceId: string) => Promise<MediaStream>
  play: (id: string, sound: MediaStream, speaker: string) => void
  listenTo: (id: string, microphone: MediaStream) => void
  forget: (id: string) => void
  useSpeaker: (speaker: string) => Promise<void>
  levels: () => { said: number; heard: number }
}

const lockName = 'hookswitch.phone'
/** a lock that is free is given at once */
const lockPatienceMs = 400
/** after a refusal new access is asked for; not more often than this */
const renewPauseMs = 2_000
const retryMs = 4_000

/** Builds the phone; it is off until `start`. Only one tab of a browser holds it, the next one takes over when that is closed. */
export function createPhone(parts: PhoneParts): Phone {
  let view: PhoneView = { state: { kind: 'off' }, calls: [] }
  const listeners = new Set<() => void>()
  const lines = new Map<string, SipCall>()
  let run: AbortController | null = null
  let sip: SipPhone | null = null
  let wire = {}
  let current: PhoneAccess | null = null
  let renewTimer: number | undefined
  let renewedAt = 0

  const show = (change: Partial<PhoneView>): void => {
    view = { ...view, ...change }
    for (const listener of listeners) listener()
  }
  const fail = (problem: PhoneProblem, detail = ''): void => show({ state: { kind: 'failed', problem, detail } })
  const change = (id: string, changes: Partial<PhoneCall>): void =>
    show({ calls: view.calls.map((call) => (call.id === id ? { ...call, ...changes } : call)) })

  const later = (ms: number, work: () => Promise<void>): void => {
    window.clearTimeout(renewTimer)
    renewTimer = window.setTimeout(() => void work(), ms)
  }

  const ask = async (): Promise<PhoneAccess | null> => {
    const asking = run
    try {
      const access = await parts.access()
      if (run !== asking) return null
      current = access
      // a password is renewed when two thirds of its life are over
      later(Math.max(1_000, ((access.expiresAt - parts.now()) * 2) / 3), renew)
      return access
    } catch (error) {
      if (run !== asking) return null
      const words = parts.wordsOf(error)
      if (words === null) fail('unreachable')
      else fail('refused', words)
      later(retryMs, sip ? renew : connect)
      return null
    }
  }

  const renew = async (): Promise<void> => {
    renewedAt = parts.now()
    const old = current
    const access = await ask()
    if (!access || !sip) return
    if (old?.login === access.login) return sip.renew(access)
    wire = {}
    sip.close()
    sip = null
    await connect(access)
  }

  /** What a connection tells counts while it is the one that is used. */
  const listenerOf = (isCurrent: () => boolean): SipListener => ({
    registered: () => void (isCurrent() && show({ state: { kind: 'ready' } })),
    disconnected: () => void (isCurrent() && fail('unreachable')),
    takenOver() {
      if (!isCurrent()) return
      // going on would take it back, and both would ring in turns
      stop()
      fail('takenOver')
    },
    refused({ isDenied, text }) {
      if (!isCurrent()) return
      if (isDenied && parts.now() - renewedAt > renewPauseMs) return void renew()
      fail('registration', text)
      later(retryMs, renew)
    },
    rings: (call) => void ring(call),
    talks: (id) => change(id, { state: 'talks' }),
    hears: (id, sound) => parts.sound.play(id, sound, parts.devices().speaker),
    silent: (id, isSilent) => change(id, { isSilent }),
    ended(id) {
      lines.delete(id)
      parts.sound.forget(id)
      show({ calls: view.calls.filter((call) => call.id !== id) })
    },
  })

  const ring = async (line: SipCall): Promise<void> => {
    lines.set(line.id, line)
    const { id, callId, name, number } = line
    show({ calls: [...view.calls, { id, callId, name, number, state: 'rings', isMuted: false, isHeld: false, isSilent: false }] })
    if (callId !== null && (await parts.isOwnClick(callId).catch(() => false))) await answer(id)
  }

  const answer = async (id: string): Promise<void> => {
    const call = view.calls.find((one) => one.id === id)
    if (call?.state !== 'rings') return
    change(id, { state: 'connects' })
    try {
      const microphone = await parts.sound.openMicrophone(parts.devices().microphone)
      const line = lines.get(id)
      if (!line) return microphone.getTracks().forEach((track) => track.stop())
      for (const other of view.calls) if (other.id !== id && other.state === 'talks' && !other.isHeld) hold(other.id, true)
      parts.sound.listenTo(id, microphone)
      line.answer(microphone, current?.iceServers ?? [])
    } catch (error) {
      lines.get(id)?.end()
      fail(problemOf(error))
    }
  }

  const hold = (id: string, isHeld: boolean): void => {
    lines.get(id)?.setHeld(isHeld)
    change(id, { isHeld })
  }

  const connect = async (given?: PhoneAccess): Promise<void> => {
    const started = run
    if (!started) return
    const access = given ?? (await ask())
    if (!access || run !== started) return
    const mine = (wire = {})
    const opened = await parts
      .openSip(
        access,
        listenerOf(() => wire === mine),
      )
      .catch(() => null)
    if (!opened) {
      fail('unreachable')
      return later(retryMs, connect)
    }
    if (run !== started) return opened.close()
    sip = opened
  }

  const hasMicrophone = async (): Promise<boolean> => {
    try {
      const stream = await parts.sound.openMicrophone(parts.devices().microphone)
      for (const track of stream.getTracks()) track.stop()
      return true
    } catch (error) {
      fail(problemOf(error))
      return false
    }
  }

  const stop = (): void => {
    run?.abort()
    run = null
    window.clearTimeout(renewTimer)
    for (const line of lines.values()) line.end()
    wire = {}
    sip?.close()
    sip = null
    show({ state: { kind: 'off' }, calls: [] })
  }

  const start = (): void => {
    if (run) return
    if (!window.isSecureContext || !('locks' in navigator)) return fail('insecure')
    const started = new AbortController()
    run = started
    show({ state: { kind: 'connecting' } })
    const patience = window.setTimeout(() => show({ state: { kind: 'elsewhere' } }), lockPatienceMs)
    const held = navigator.locks.request(lockName, { signal: started.signal }, async () => {
      window.clearTimeout(patience)
      show({ state: { kind: 'connecting' } })
      if (await hasMicrophone()) await connect()
      await new Promise<void>((release) => {
        if (started.signal.aborted) release()
        started.signal.addEventListener('abort', () => release(), { once: true })
      })
    })
    held.catch(() => undefined).finally(() => window.clearTimeout(patience))
  }

  return {
    view: () => view,
    subscribe(one) {
      listeners.add(one)
      return () => void listeners.delete(one)
    },
    start,
    stop,
    levels: parts.sound.levels,
    answer,
    end: (id) => lines.get(id)?.end(),
    mute(id, isMuted) {
      lines.get(id)?.setMuted(isMuted)
      change(id, { isMuted })
    },
    hold,
    press: (id, digit) => lines.get(id)?.press(digit),
    async useDevices({ microphone, speaker }) {
      await parts.sound.useSpeaker(speaker)
      for (const [id, line] of lines) {
        if (view.calls.find((call) => call.id === id)?.state === 'rings') continue
        const stream = await parts.sound.openMicrophone(microphone)
        const [track] = stream.getAudioTracks()
        if (track) await line.useMicrophone(track)
        parts.sound.listenTo(id, stream)
      }
    },
  }
}

function problemOf(error: unknown): PhoneProblem {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphoneRefused'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'microphoneMissing'
  return 'microphoneBusy'
}
