import { UA, WebSocketInterface } from 'jssip'
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA'
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { PhoneAccess } from '../api/types.ts'

/** A call as the wire has it: one INVITE that came in, and what can be done with it. */
export interface SipCall {
  readonly id: string
  /** CALL_ID that the connector wrote into the INVITE; null: somebody called this phone itself */
  readonly callId: string | null
  readonly name: string
  readonly number: string
  answer(microphone: MediaStream, iceServers: RTCIceServer[]): void
  /** declines what rings, ends what talks */
  end(): void
  setMuted(isMuted: boolean): void
  setHeld(isHeld: boolean): void
  press(digit: string): void
  /** plays through another microphone from here on */
  useMicrophone(track: MediaStreamTrack): Promise<void>
}

/** What a SIP phone tells. */
export interface SipListener {
  registered(): void
  /** the signalling is lost; it is tried again for ever */
  disconnected(): void
  /** another browser of the same person has become the phone */
  takenOver(): void
  /** `isDenied`: login or password are not good any more */
  refused(told: { isDenied: boolean; text: string }): void
  rings(call: SipCall): void
  talks(id: string): void
  hears(id: string, sound: MediaStream): void
  /** no way for the sound was found; or, after all, one was */
  silent(id: string, isSilent: boolean): void
  ended(id: string): void
}

/** A phone that registers, and registers again after every loss. */
export interface SipPhone {
  /** takes a new password and registers with it */
  renew(access: PhoneAccess): void
  close(): void
}

const callHeader = 'X-Hookswitch-Call'
/** a PBX that forgot the phone, or a browser that went without a word, is found out within this */
const registerSeconds = 45
const declined = 603
/** how the portal closes the signalling of a phone that another browser has replaced */
const takenOverCode = 4001
const toneMs = 160
/** A way for the sound is found within a second or two; a browser without any candidate waits for ever and says nothing. */
const soundWithinMs = 8_000
/** The answer is not held up longer by STUN and TURN servers that say nothing. */
const gatherWithinMs = 2_000

/** Starts a phone; the signalling goes by the portal. */
export function openSipPhone(access: PhoneAccess, socketUrl: string, listener: SipListener): SipPhone {
  const agent = new UA({
    sockets: [new WebSocketInterface(socketUrl)],
    uri: `sip:${access.login}@${access.domain}`,
    authorization_user: access.login,
    password: access.password,
    register_expires: registerSeconds,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 4,
    user_agent: 'Hookswitch',
  })
  agent.on('registered', () => listener.registered())
  agent.on('disconnected', ({ code }) => (code === takenOverCode ? listener.takenOver() : listener.disconnected()))
  agent.on('registrationFailed', ({ response, cause }) => {
    const status = (response as { status_code?: number } | undefined)?.status_code ?? 0
    listener.refused({
      isDenied: status === 401 || status === 403 || status === 404 || status === 407,
      text: [status || '', cause].join(' ').trim(),
    })
  })
  agent.on('newRTCSession', (event: RTCSessionEvent) => {
    if (event.session.direction === 'incoming') receive(event as IncomingRTCSessionEvent, listener)
  })
  agent.start()
  return {
    renew({ password }) {
      agent.set('password', password)
      agent.register()
    },
    close() {
      agent.stop()
    },
  }
}

function receive({ session, request }: IncomingRTCSessionEvent, listener: SipListener): void {
  const { id } = session
  let microphone: MediaStream | null = null
  const end = (): void => {
    for (const track of microphone?.getTracks() ?? []) track.stop()
    listener.ended(id)
  }
  session.on('ended', end)
  session.on('failed', (_: EndEvent) => end())
  session.on('confirmed', () => listener.talks(id))
  session.on('peerconnection', ({ peerconnection }) => watch(id, peerconnection, listener))
  session.on('icecandidate', ({ ready }) => void window.setTimeout(ready, gatherWithinMs))
  const { remote_identity: caller } = session
  listener.rings({
    id,
    callId: request.getHeader(callHeader) ?? null,
    name: caller.display_name ?? '',
    number: caller.uri.user ?? '',
    answer(stream, iceServers) {
      microphone = stream
      session.answer({ mediaStream: stream, pcConfig: { iceServers } })
    },
    end: () => finish(session),
    setMuted: (isMuted) => (isMuted ? session.mute({ audio: true }) : session.unmute({ audio: true })),
    setHeld: (isHeld) => void (isHeld ? session.hold() : session.unhold()),
    press(digit) {
      const sender = session.connection.getSenders().find(({ track }) => track?.kind === 'audio')
      sender?.dtmf?.insertDTMF(`${sender.dtmf.toneBuffer}${digit}`, toneMs)
    },
    async useMicrophone(track) {
      const sender = session.connection.getSenders().find((one) => one.track?.kind === 'audio')
      for (const old of microphone?.getTracks() ?? []) old.stop()
      microphone = new MediaStream([track])
      track.enabled = !session.isMuted().audio
      await sender?.replaceTrack(track)
    },
  })
}

/** An INVITE may have been withdrawn in the same moment. */
function finish(session: RTCSession): void {
  if (session.isEnded()) return
  session.terminate(session.isEstablished() ? {} : { status_code: declined })
}

function watch(id: string, connection: RTCPeerConnection, listener: SipListener): void {
  connection.addEventListener('track', ({ track, streams: [stream] }) => listener.hears(id, stream ?? new MediaStream([track])))
  const late = window.setTimeout(() => listener.silent(id, true), soundWithinMs)
  connection.addEventListener('connectionstatechange', () => {
    const { connectionState } = connection
    if (connectionState !== 'connected' && connectionState !== 'failed') return
    window.clearTimeout(late)
    listener.silent(id, connectionState === 'failed')
  })
}
