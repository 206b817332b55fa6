/** SIPp (package sip-tester): a SIP stack by other authors, as a phone that does one thing. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeAlaw, sampleRate } from './tone.ts'

const program = '/usr/bin/sipp'

/** What the phone does with its one call, in order. */
export type SippStep =
  | 'ring'
  | 'early'
  | 'answer'
  | 'bye'
  | 'waitForBye'
  | 'waitForCancel'
  | { readonly pauseMs: number }
  | { readonly reject: number; readonly reason: string }

/** A SIPp that waits for its call. */
export interface SippPhone {
  /** resolves when the call went as the steps say; rejects with what SIPp says otherwise */
  done(): Promise<void>
  stop(): void
}

/** Starts SIPp at `port` of loopback; it hums at 1000 Hz from `early` or `answer` on. */
export async function startSipp({
  dir,
  name,
  port,
  steps,
}: {
  dir: string
  name: string
  port: number
  steps: readonly SippStep[]
}): Promise<SippPhone> {
  if (!existsSync(program)) throw new Error(`There is no ${program}. Get it: apt-get install sip-tester`)
  const tone = join(dir, 'tone.alaw')
  await writeFile(
    tone,
    Buffer.from(
      Array.from({ length: 8 * sampleRate }, (_, i) => encodeAlaw(Math.round(8000 * Math.sin((2 * Math.PI * 1000 * i) / sampleRate)))),
    ),
  )
  const file = join(dir, `${name}.xml`)
  await writeFile(file, scenarioOf(steps, tone))
  const media = 30_000 + (port % 15_000) * 2
  const words = ['-sf', file, '-i', '127.0.0.1', '-p', String(port), '-mp', String(media)]
  const child: ChildProcess = spawn(
    program,
    [...words, '-m', '1', '-nostdin', '-timeout', '60s', '-trace_err', '-error_file', join(dir, `${name}.err`)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'dumb' },
      cwd: dir,
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()))
  const ended = once(child, 'exit') as Promise<[number | null]>
  return {
    async done() {
      const [code] = await ended
      if (code !== 0) throw new Error(`SIPp ${name} ended with ${code}:\n${said.slice(-1500)}`)
    },
    stop: () => void child.kill('SIGKILL'),
  }
}

const REPLY = [
  '[last_Via:]',
  '[last_From:]',
  '[last_To:];tag=[pid]s[call_number]',
  '[last_Call-ID:]',
  '[last_CSeq:]',
  'Contact: <sip:phone@[local_ip]:[local_port]>',
]
const SDP = [
  'v=0',
  'o=sipp 1 1 IN IP4 [local_ip]',
  's=-',
  'c=IN IP4 [media_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 8',
  'a=rtpmap:8 PCMA/8000',
]

function reply(status: string, hasSound = false): string {
  const body = hasSound ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', ...SDP] : ['Content-Length: 0', '']
  return send([`SIP/2.0 ${status}`, ...REPLY, ...body])
}

function send(lines: readonly string[], attributes = ''): string {
  return `<send${attributes}><![CDATA[\n${lines.map((line) => `${line}\n`).join('')}\n]]></send>`
}

/** Answers to requests that are not INVITEs have their tags already. */
const OK = send(['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]', 'Content-Length: 0', ''])

function scenarioOf(steps: readonly SippStep[], tone: string): string {
  const hum = `<nop><action><exec rtp_stream="${tone},-1,8"/></action></nop>`
  const bye = send(
    [
      'BYE [$contact] SIP/2.0',
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
      'Max-Forwards: 70',
      'From:[$to];tag=[pid]s[call_number]',
      'To:[$from]',
      '[last_Call-ID:]',
      'CSeq: 2 BYE',
      'Content-Length: 0',
      '',
    ],
    ' retrans="500"',
  )
  const capture = (header: string, regexp: string, name: string) =>
    `<ereg regexp="${regexp}" search_in="hdr" header="${header}" assign_to="${name}"/>`
  let hasSound = false
  const parts = steps.map((step) => {
    if (typeof step === 'object')
      return 'pauseMs' in step
        ? `<pause milliseconds="${step.pauseMs}"/>`
        : `${reply(`${step.reject} ${step.reason}`)}<recv request="ACK"/>`
    if (step === 'ring') return reply('180 Ringing')
    if (step === 'early' || step === 'answer') {
      const words = step === 'early' ? reply('183 Session Progress', true) : `${reply('200 OK', true)}<recv request="ACK"/>`
      const sound = hasSound ? '' : hum
      hasSound = true
      return words + sound
    }
    if (step === 'bye') return `${bye}<recv response="200"/>`
    if (step === 'waitForBye') return `<recv request="BYE"/>${OK}`
    // The answer to the INVITE that is taken back needs the INVITE's own headers again.
    return `<recv request="CANCEL"/>${OK}${send(['SIP/2.0 487 Request Terminated', 'Via:[$via]', 'From:[$from]', 'To:[$to];tag=[pid]s[call_number]', '[last_Call-ID:]', 'CSeq:[$cseq]', 'Content-Length: 0', ''])}<recv request="ACK"/>`
  })
  const captured = [
    capture('From:', '.*', 'from'),
    capture('To:', '.*', 'to'),
    capture('Via:', '.*', 'via'),
    capture('CSeq:', '.*', 'cseq'),
    capture('Contact:', 'sip:[^&gt;]*', 'contact'),
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<scenario name="phone">',
    `<recv request="INVITE"><action>${captured.join('')}</action></recv>`,
    ...parts,
    '<Reference variables="from,to,via,cseq,contact"/>',
    '</scenario>',
  ].join('\n')
}
