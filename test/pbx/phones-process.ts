/**
 * Two SIP phones in a process of their own: the desks of a whole office and the outside world, which answer at once, hum and hear. What they
 * cost is not measured as a cost of whoever calls them. Started by {@link startPhonesProcess}; run as a file it is that process.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { startSipPhone, type SipCall } from './sip-phone.ts'

/** An INVITE that came to a phone. */
export interface Rung {
  /** the user part that was called */
  readonly to: string
  /** as {@link monotonicMs} has it */
  readonly at: number
}

/** The phones, from the test's side. */
export interface PhonesProcess {
  readonly deskPort: number
  readonly worldPort: number
  /** what rang since this was asked last: the desks, and the outside world */
  rung(): Promise<{ readonly desks: readonly Rung[]; readonly world: readonly Rung[] }>
  /** everybody in the outside world hangs up */
  hangUp(): void
  close(): Promise<void>
}

/** Milliseconds by a clock that all processes of the machine share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

type Order = 'rung' | 'hang up'

/** Starts them; ready when they listen. */
export async function startPhonesProcess(): Promise<PhonesProcess> {
  const child = fork(import.meta.filename, { execArgv: [] })
  const [ports] = (await once(child, 'message')) as [{ desk: number; world: number }]
  const order = (what: Order) => child.send(what)
  return {
    deskPort: ports.desk,
    worldPort: ports.world,
    async rung() {
      const answer = once(child, 'message')
      order('rung')
      return ((await answer) as [{ desks: Rung[]; world: Rung[] }])[0]
    },
    hangUp: () => void order('hang up'),
    async close() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function answerAll(): Promise<void> {
  const rung: { desks: Rung[]; world: Rung[] } = { desks: [], world: [] }
  const clients: SipCall[] = []
  const [desk, world] = [await startSipPhone({ hz: 440 }), await startSipPhone({ hz: 1000 })]
  desk.onInvite = (call) => {
    rung.desks.push({ to: call.to, at: monotonicMs() })
    call.answer()
  }
  world.onInvite = (call) => {
    rung.world.push({ to: call.to, at: monotonicMs() })
    clients.push(call)
    call.answer()
  }
  process.on('message', (order: Order) => {
    if (order === 'rung') process.send!({ desks: rung.desks.splice(0), world: rung.world.splice(0) })
    else for (const client of clients.splice(0)) client.bye()
  })
  // whoever started them has gone
  process.on('disconnect', () => process.exit(0))
  process.send!({ desk: desk.port, world: world.port })
}

if (process.argv[1] === import.meta.filename) await answerAll()
