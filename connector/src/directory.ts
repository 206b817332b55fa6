import type { PortalClient, UserRow } from '@hookswitch/sdk'
import type { Clock } from './clock.ts'
import { wordsOf, type Log } from './log.ts'

/** Who shall be rung. */
export interface Agent {
  readonly userId: string
  readonly name: string
  /** The portal's UF_PHONE_INNER, digits. */
  readonly extension: string
}

/** Who is at the other end, as far as the portal knows. */
export interface Client {
  readonly name: string
  /** The user responsible for them. */
  readonly responsibleId?: string
  /** That user is not at work, or has a break. */
  readonly isResponsibleAway?: boolean
}

/** Asks the portal who is who. */
export interface Directory {
  /** The user, or `undefined` if it is unknown, not active, or has no usable extension. Throws what the client throws. */
  findAgent(userId: string): Promise<Agent | undefined>
  /** The user with this extension, or `undefined`. Throws what the client throws. */
  findByExtension(extension: string): Promise<Agent | undefined>
  /** Whoever has this number; never throws, and never takes longer than 700 ms. */
  findClient(number: string): Promise<Client>
}

const KEEP_AGENT_MS = 60_000
const NAME_WITHIN_MS = 700
/** What TIMEMAN_STATUS says of one who shall not be rung first (contract 4.5). */
const AWAY: ReadonlySet<string> = new Set(['CLOSED', 'PAUSED', 'EXPIRED', 'UNAVAILABLE'])

/** Makes a directory; users are remembered for a minute, so that a click need not wait for the portal. */
export function createDirectory(portal: () => PortalClient | undefined, clock: Clock, log: Log): Directory {
  const kept = new Map<string, { readonly agent: Agent; readonly until: number }>()

  const keptExtensions = new Map<string, { readonly agent: Agent | undefined; readonly until: number }>()

  function readAgent(row: UserRow | undefined): Agent | undefined {
    if (!row?.ACTIVE || !/^\d{1,20}$/.test(row.UF_PHONE_INNER ?? '')) return undefined
    const userId = String(row.ID)
    const name = [row.NAME, row.LAST_NAME].filter(Boolean).join(' ')
    return { userId, name: name || `User ${userId}`, extension: row.UF_PHONE_INNER ?? '' }
  }

  async function findByExtension(extension: string): Promise<Agent | undefined> {
    const known = keptExtensions.get(extension)
    if (known && known.until > clock.now()) return known.agent
    const rows = (await portal()?.call('user.get', { UF_PHONE_INNER: extension, ACTIVE: true })) ?? []
    const agent = readAgent(rows.find((row) => row.UF_PHONE_INNER === extension && row.ACTIVE))
    keptExtensions.set(extension, { agent, until: clock.now() + KEEP_AGENT_MS })
    return agent
  }

  async function findAgent(userId: string): Promise<Agent | undefined> {
    const known = kept.get(userId)
    if (known && known.until > clock.now()) return known.agent
    kept.delete(userId)
    const rows = (await portal()?.call('user.get', { ID: userId })) ?? []
    const agent = readAgent(rows.find(({ ID }) => String(ID) === userId))
    if (!agent) return undefined
    kept.set(userId, { agent, until: clock.now() + KEEP_AGENT_MS })
    return agent
  }

  async function search(number: string): Promise<Client> {
    try {
      const hits = (await portal()?.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: number })) ?? []
      const best = hits[0]
      if (!best) return { name: '' }
      const isResponsibleAway = AWAY.has(String(best.ASSIGNED_BY?.TIMEMAN_STATUS))
      return { name: String(best.NAME ?? ''), responsibleId: String(best.ASSIGNED_BY_ID), isResponsibleAway }
    } catch (error) {
      log('info', 'the name of a number could not be asked for', { why: wordsOf(error) })
      return { name: '' }
    }
  }

  return {
    findAgent,
    findByExtension,
    findClient(number) {
      const late = new Promise<{ name: string }>((resolve) => clock.after(NAME_WITHIN_MS, () => resolve({ name: '' })))
      return Promise.race([search(number), late])
    },
  }
}
