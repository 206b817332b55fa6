import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as wait } from 'node:timers/promises'
import { decodeAlaw, encodeAlaw, sampleRate } from './tone.ts'

const FRAME = 160
const FRAME_MS = 20
const KEYS = '0123456789*#'
const EVENT_PACKETS = 5

/** The sound of one call of a phone: hums A-law, keeps what it hears, sends and reads key presses (RFC 4733). */
export interface SipMedia {
  /** what stands in an SDP body for it */
  sdp(): string
  /** begins to hum at whom the other side's SDP names */
  hum(otherSdp: string): void
  /** key presses heard */
  digits(): string
  /** samples heard so far */
  readonly heard: number[]
  /** presses keys, one after the other; resolves when the last is released */
  press(keys: string): Promise<void>
  close(): void
}

/** A UDP socket on a free port of loopback. */
export async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', resolve)
  })
  return socket
}

/** Opens the sound of a call. */
export async function openMedia(hz: number): Promise<SipMedia> {
  const rtp = await openSocket()
  const heard: number[] = []
  let unread: Buffer[] = []
  const pressed: { code: number; stamp: number }[] = []
  const source = randomBytes(4)
  let target = 0
  let isOpen = true
  let humming: NodeJS.Timeout | undefined
  let [sequence, sent] = [0, 0]

  const send = (type: number, stamp: number, payload: Buffer): void => {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = type
    header.writeUInt16BE(sequence++ & 0xffff, 2)
    header.writeUInt32BE(stamp, 4)
    source.copy(header, 8)
    if (isOpen) rtp.send(Buffer.concat([header, payload]), target, '127.0.0.1')
  }

  rtp.on('message', (packet) => {
    const type = (packet[1] ?? 0) & 0x7f
    if (type === 8) unread.push(packet.subarray(12))
    const stamp = packet.length >= 16 ? packet.readUInt32BE(4) : 0
    if (type === 101 && packet.length >= 16 && pressed.at(-1)?.stamp !== stamp) pressed.push({ code: packet[12] ?? 0, stamp })
  })

  return {
    // Read when it is asked for: most of what a hundred phones hear nobody listens to.
    get heard() {
      for (const payload of unread) for (const byte of payload) heard.push(decodeAlaw(byte))
      unread = []
      return heard
    },
    sdp: () =>
      [
        'v=0',
        'o=phone 1 1 IN IP4 127.0.0.1',
        's=-',
        'c=IN IP4 127.0.0.1',
        't=0 0',
        `m=audio ${rtp.address().port} RTP/AVP 8 101`,
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    hum(otherSdp) {
      const port = /^m=audio (\d+)/m.exec(otherSdp)?.[1]
      if (humming || port === undefined) return
      target = Number(port)
      const startedAt = Date.now()
      const second = encodeTone(hz)
      let frames = 0
      humming = setInterval(() => {
        // A late timer sends what is due: the other side hears no gaps.
        for (; (Date.now() - startedAt) / FRAME_MS >= frames; frames++) {
          const at = sent % sampleRate
          send(frames === 0 ? 0x88 : 8, sent, second.subarray(at, at + FRAME))
          sent += FRAME
        }
      }, FRAME_MS)
    },
    digits: () => pressed.map(({ code }) => KEYS[code] ?? '?').join(''),
    async press(keys) {
      for (const key of keys) {
        const stamp = sent
        for (let packet = 1; packet <= EVENT_PACKETS + 2; packet++) {
          const isEnd = packet > EVENT_PACKETS
          const payload = Buffer.from([KEYS.indexOf(key), isEnd ? 0x8a : 0x0a, 0, 0])
          payload.writeUInt16BE(FRAME * Math.min(packet, EVENT_PACKETS), 2)
          send(packet === 1 ? 0xe5 : 101, stamp, payload)
          await wait(FRAME_MS)
        }
        await wait(60)
      }
    },
    close() {
      clearInterval(humming)
      if (isOpen) rtp.close()
      isOpen = false
    },
  }
}

/** One second of a tone of whole hertz: what follows is the same again. */
function encodeTone(hz: number): Buffer {
  return Buffer.from(
    Array.from({ length: sampleRate }, (_, i) => encodeAlaw(Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / sampleRate)))),
  )
}
