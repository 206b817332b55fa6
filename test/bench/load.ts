/**
 * One process that clicks and is the handler: one clock for both ends. It speaks HTTP/1.1 on bare sockets, so that the machine's time goes to
 * the server under test. Started by bench.ts with its orders in LOAD (JSON of Orders); prints one line of JSON (Report).
 */
import { createServer, connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** What to do. */
export interface Orders {
  /** where clicks go */
  readonly host: string
  readonly port: number
  readonly path: string
  /** the headers of each person who clicks; clicks go round */
  readonly people: readonly Readonly<Record<string, string>>[]
  /** where the handlers listen; one port serves them all */
  readonly handlerPort: number
  readonly seconds: number
  /** clicks per second, sent by the clock whatever comes back; null: as fast as the deliveries come */
  readonly rate: number | null
  readonly connections: number
  /** closed loop: clicks that may be on their way at once */
  readonly window: number
  /** clicks before the measured time */
  readonly warmUpSeconds: number
  /** first number; each click takes the next */
  readonly firstNumber: number
  /** this person's clicks go to a handler under `path` that answers nobody for 10 s; they are not in the times */
  readonly hang?: { readonly person: number; readonly path: string }
}

/** What came of it. Times in milliseconds. */
export interface Report {
  readonly acknowledged: number
  readonly delivered: number
  readonly refused: number
  readonly lost: number
  readonly doubled: number
  readonly perSecond: number
  readonly ackP50: number
  readonly ackP99: number
  readonly p50: number
  readonly p99: number
  readonly firstRefusal: string
}

/** Fictional numbers: 555-01xx in 800 areas. */
export function numberOf(index: number): string {
  const at = index % 80_000
  return `+1${200 + Math.floor(at / 100)}55501${String(at % 100).padStart(2, '0')}`
}

const orders = JSON.parse(process.env['LOAD'] ?? '{}') as Orders
const sentAt = new Map<string, number>()
const ackTimes: number[] = []
const times: number[] = []
const arrived = new Map<string, number>()
const acknowledged = new Set<string>()
let refused = 0
let firstRefusal = ''
let measuring = false
let sending = true
let index = orders.firstNumber
let open = 0
let deliveredInTime = 0

// ---- the handler
const answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
const marks = ['PHONE_NUMBER%5D=%2B', '"number":"+']

const hangMs = 10_000
const hanging = new Set<string>()

function takeDelivery(body: string): void {
  const mark = marks.find((one) => body.includes(one))
  if (!mark) return
  const at = body.indexOf(mark) + mark.length
  const number = `+${/^\d+/.exec(body.slice(at, at + 20))?.[0] ?? ''}`
  const count = (arrived.get(number) ?? 0) + 1
  arrived.set(number, count)
  const begun = sentAt.get(number)
  if (begun === undefined || count > 1) return
  open -= 1
  if (measuring && !hanging.has(number)) {
    times.push(performance.now() - begun)
    deliveredInTime += 1
  }
  if (orders.rate === null) pump()
}

const handler = createServer((socket) => {
  let buffered = ''
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.on('data', (chunk: string) => {
    buffered += chunk
    for (;;) {
      const end = buffered.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/content-length: *(\d+)/i.exec(buffered.slice(0, end))?.[1] ?? 0)
      if (buffered.length < end + 4 + length) return
      const isHung = orders.hang !== undefined && buffered.startsWith(`POST ${orders.hang.path} `)
      takeDelivery(buffered.slice(end + 4, end + 4 + length))
      buffered = buffered.slice(end + 4 + length)
      if (isHung) setTimeout(() => socket.write(answer), hangMs)
      else socket.write(answer)
    }
  })
})

// ---- the clickers
interface Line {
  readonly socket: Socket
  busy: string | null
}
const lines: Line[] = []
const waiting: string[] = []

function openLine(): void {
  const socket = connect(orders.port, orders.host)
  const line: Line = { socket, busy: null }
  let buffered = ''
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('error', (error) => (firstRefusal ||= error.message))
  socket.on('close', () => {
    const at = lines.indexOf(line)
    if (at !== -1) lines.splice(at, 1)
    if (sending) openLine()
  })
  socket.on('data', (chunk: string) => {
    buffered += chunk
    const end = buffered.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = buffered.slice(0, end)
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (buffered.length < end + 4 + length) return
    const number = line.busy!
    const status = Number(head.slice(9, 12))
    if (status === 201) {
      acknowledged.add(number)
      if (measuring) ackTimes.push(performance.now() - sentAt.get(number)!)
    } else {
      refused += 1
      open -= 1
      firstRefusal ||= buffered.slice(0, 400)
    }
    buffered = ''
    line.busy = null
    next(line)
  })
  lines.push(line)
}

const heads = orders.people?.map((headers) => {
  const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${orders.path} HTTP/1.1\r\nhost: ${orders.host}:${orders.port}\r\ncontent-type: application/json\r\n${extra.join('')}content-length: `
})

function next(line: Line): void {
  const number = waiting.shift()
  if (number === undefined) return
  line.busy = number
  const body = `{"number":"${number}"}`
  const person = Math.floor(Math.random() * heads.length)
  if (person === orders.hang?.person) hanging.add(number)
  line.socket.write(`${heads[person]!}${body.length}\r\n\r\n${body}`)
}

function click(): void {
  const number = numberOf(index++)
  sentAt.set(number, performance.now())
  open += 1
  waiting.push(number)
  const free = lines.find((line) => line.busy === null)
  if (free) next(free)
}

function pump(): void {
  while (sending && open < orders.window) click()
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function main(): Promise<void> {
  await new Promise<void>((resolve) => handler.listen(orders.handlerPort, '127.0.0.1', resolve))
  for (let i = 0; i < orders.connections; i += 1) openLine()
  await pause(200)
  const begun = performance.now()
  let sent = 0
  const timer =
    orders.rate === null
      ? null
      : setInterval(() => {
          const due = ((performance.now() - begun) / 1000) * orders.rate!
          while (sending && sent < due) {
            click()
            sent += 1
          }
        }, 1)
  if (orders.rate === null) pump()
  await pause(orders.warmUpSeconds * 1000)
  measuring = true
  process.send?.('measuring')
  const from = performance.now()
  await pause(orders.seconds * 1000)
  measuring = false
  const took = (performance.now() - from) / 1000
  process.send?.('measured')
  sending = false
  if (timer) clearInterval(timer)
  const missing = (): string[] => [...acknowledged].filter((number) => !arrived.has(number) && !hanging.has(number))
  for (let i = 0; i < 300 && missing().length > 0; i += 1) await pause(100)
  // who hangs keeps its connections until it answers: what becomes of its clicks is for the portal to say
  if (orders.hang) await pause(hangMs + 1000)
  const at = (sorted: number[], part: number): number => Number((sorted[Math.floor(sorted.length * part)] ?? NaN).toFixed(2))
  ackTimes.sort((a, b) => a - b)
  times.sort((a, b) => a - b)
  const report: Report = {
    acknowledged: acknowledged.size,
    delivered: arrived.size,
    refused,
    lost: missing().length,
    doubled: [...arrived.values()].filter((count) => count > 1).length,
    perSecond: Math.round(deliveredInTime / took),
    ackP50: at(ackTimes, 0.5),
    ackP99: at(ackTimes, 0.99),
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    firstRefusal,
  }
  console.log(JSON.stringify(report))
  process.exit(0)
}

if (orders.path) await main()
