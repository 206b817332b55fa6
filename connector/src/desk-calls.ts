import { DIALABLE } from './clicks.ts'
import type { Call } from './call.ts'
import type { Directory } from './directory.ts'
import type { Log } from './log.ts'
import { wordsOf } from './log.ts'
import { decideOutcome } from './outcome.ts'
import type { DeskCallEvent, Pbx } from './pbx.ts'
import type { Switchboard } from './switchboard.ts'

/** What is needed to log calls made by hand. */
export interface DeskCallParts {
  readonly directory: Directory
  readonly pbx: Pbx
  readonly switchboard: Switchboard
  readonly log: Log
}

/**
 * Logs the calls that people make and take at their phones without the portal: TYPE 1 for those of a user to the outside, TYPE 2 the other way
 * round. Those between two users, and those of no user, stay private. Nobody sees a card of them (SHOW 0).
 */
export function listenToDesks(parts: DeskCallParts): () => void {
  return parts.pbx.events((event) => {
    if (event.type !== 'desk_call') return
    readDeskCall(parts, event).then(
      (call) => call && parts.switchboard.take(call),
      (error: unknown) => parts.log('warn', 'a call made by hand was not logged', { ref: event.ref, why: wordsOf(error) }),
    )
  })
}

/** The call as it shall be told, over already; `undefined` if it is not for the portal. */
export async function readDeskCall({ directory }: Pick<DeskCallParts, 'directory'>, event: DeskCallEvent): Promise<Call | undefined> {
  const find = async (extension: string | undefined) => (extension === undefined ? undefined : directory.findByExtension(extension))
  const [from, to] = [await find(event.fromExtension), await find(event.toExtension)]
  const agent = from ?? to
  if (!agent || (from && to)) return undefined
  const direction = from ? 'out' : 'in'
  const number = (from ? event.dialledNumber : event.callerNumber).replaceAll(/[\s().-]/g, '')
  if (!DIALABLE.test(number)) return undefined
  const ending = event.isCanceled ? ({ kind: 'canceled' } as const) : ({ kind: 'leg_ended', leg: 'client', cause: event.cause } as const)
  const outcome = decideOutcome({
    direction,
    hasAgentAnswered: from !== undefined || event.answeredAt !== undefined,
    hasTalked: event.answeredAt !== undefined,
    hasRung: event.hasRung,
    ending: direction === 'in' ? { kind: 'leg_ended', leg: 'client', cause: event.cause } : ending,
  })
  return {
    callId: `desk.${event.ref}`,
    registration: { type: from ? 1 : 2, externalCallId: event.ref },
    direction,
    state: 'ended',
    userId: agent.userId,
    extension: agent.extension,
    agentName: agent.name,
    clientName: '',
    number,
    line: event.line,
    extensionDigits: '',
    receivedAt: event.startedAt,
    ...(event.answeredAt === undefined ? {} : { talkingAt: event.answeredAt }),
    endedAt: event.endedAt,
    ...outcome,
  }
}
