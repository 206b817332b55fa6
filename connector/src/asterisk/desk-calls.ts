import { STATUS_CAUSES } from './placing.ts'
import type { DeskCallEvent, HangupCause } from '../pbx.ts'
import type { AriChannel, AriChannelDestroyed, AriDial, AriStreamMessage } from './ari-types.ts'

/** Calls that people make and take at their phones, by the dialplan alone. */
export interface DeskCalls {
  /** Every event of every channel; `at` in the connector's clock. */
  receive(message: AriStreamMessage, at: number): void
}

/** What tells them apart. */
export interface DeskCallsParts {
  /** A channel of a call that the connector knows. */
  readonly isOurs: (channelId: string) => boolean
  /** The extension whose phone an endpoint is, such as `PJSIP/101`. */
  readonly extensionOf: (endpoint: string) => string | undefined
  readonly lineOf: (dialled: string) => string
  readonly tell: (event: DeskCallEvent) => void
}

interface Dialling {
  readonly caller: AriChannel
  readonly startedAt: number
  dialled: string
  peers: Map<string, AriChannel>
  hasRung: boolean
  isCanceled: boolean
  cause: HangupCause
  /** By the end of a channel, which says more than the status of the dialling. */
  isCauseKnown: boolean
  answered?: { readonly peer: AriChannel; readonly at: number }
}

const CALLS_KEPT = 1_000

/**
 * Follows who dials whom (`Dial`) until the one who dialled is gone. What the dialplan dials on behalf of one of our channels is ours too, also
 * through both halves of a `Local/` channel: so a call of the portal is never told a second time.
 */
export function createDeskCalls(parts: DeskCallsParts): DeskCalls {
  const open = new Map<string, Dialling>()
  const ours = new Set<string>()

  function isOurs({ id, name }: AriChannel): boolean {
    return parts.isOurs(id) || ours.has(id) || ours.has(halvesOf(name))
  }

  function remember({ id, name }: AriChannel): void {
    ours.add(id)
    if (name.startsWith('Local/')) ours.add(halvesOf(name))
    for (const oldest of ours.size > CALLS_KEPT * 4 ? [...ours].slice(0, CALLS_KEPT) : []) ours.delete(oldest)
  }

  function dial({ caller, peer, dialstring = '', dialstatus }: AriDial, at: number): void {
    if (!caller) return
    if (isOurs(caller) || isOurs(peer)) {
      open.delete(caller.id)
      remember(caller)
      remember(peer)
      return
    }
    const dialling = open.get(caller.id) ?? begin(caller, at)
    dialling.peers.set(peer.id, peer)
    if (dialstring !== '') dialling.dialled = /^[+0-9*#]{3,}/.exec(dialstring)?.[0] ?? dialling.dialled
    if (dialstatus === 'RINGING' || dialstatus === 'PROGRESS') dialling.hasRung = true
    if (!dialling.isCauseKnown) dialling.cause = { q850: STATUS_CAUSES[dialstatus] ?? dialling.cause.q850 }
    if (dialstatus === 'CANCEL' && !dialling.answered) dialling.isCanceled = true
    if (dialstatus === 'ANSWER') dialling.answered ??= { peer, at }
  }

  function begin(caller: AriChannel, at: number): Dialling {
    const dialling: Dialling = {
      caller,
      startedAt: at,
      dialled: caller.dialplan.exten,
      peers: new Map(),
      hasRung: false,
      isCanceled: false,
      cause: { q850: 16 },
      isCauseKnown: false,
    }
    open.set(caller.id, dialling)
    const [oldest] = open.keys()
    if (open.size > CALLS_KEPT && oldest !== undefined) open.delete(oldest)
    return dialling
  }

  function destroy({ channel, cause }: AriChannelDestroyed, at: number): void {
    ours.delete(channel.id)
    for (const tried of open.values()) {
      if (!tried.peers.has(channel.id) || tried.answered) continue
      tried.cause = { q850: cause }
      tried.isCauseKnown = true
    }
    const dialling = open.get(channel.id)
    open.delete(channel.id)
    if (dialling && !parts.isOurs(channel.id)) finish(dialling, at)
  }

  function finish(dialling: Dialling, endedAt: number): void {
    const { caller, answered, startedAt, hasRung, isCanceled, cause } = dialling
    const called = [...dialling.peers.values()].map((peer) => parts.extensionOf(endpointOf(peer)))
    const fromExtension = parts.extensionOf(endpointOf(caller))
    const toExtension = answered ? parts.extensionOf(endpointOf(answered.peer)) : called.find((one) => one !== undefined)
    parts.tell({
      type: 'desk_call',
      ref: caller.id,
      callerNumber: caller.caller.number,
      dialledNumber: dialling.dialled,
      line: parts.lineOf(caller.dialplan.exten),
      ...(fromExtension === undefined ? {} : { fromExtension }),
      ...(toExtension === undefined ? {} : { toExtension }),
      startedAt,
      ...(answered ? { answeredAt: answered.at } : {}),
      endedAt,
      hasRung,
      isCanceled,
      cause,
    })
  }

  return {
    receive(message, at) {
      if (message.type === 'Dial') dial(message, at)
      if (message.type === 'ChannelDestroyed') destroy(message, at)
    },
  }
}

/** `Local/1@x-00000001;2` → what both halves have in common. */
function halvesOf(name: string): string {
  return name.startsWith('Local/') ? name.replace(/;[12]$/, '') : ''
}

/** `PJSIP/101-0000002a` → `PJSIP/101`. */
function endpointOf({ name }: AriChannel): string {
  return name.replace(/-[0-9a-f]{8}$/, '')
}
