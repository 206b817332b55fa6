import type { PortalClient } from '@hookswitch/sdk'
import type { Clock } from './clock.ts'
import { wordsOf, type Log } from './log.ts'

/** Who shall be rung. */
export interface Agent {
  readonly userId: string
  readonly name: string
  /** The portal's UF_PHONE_INNER, digits. */
  readonly extension: string
}

/** Asks the portal who is who. */
export interface Directory {
  /** The user, or `undefined` if it is unknown, not active, or has no usable extension. Throws what the client throws. */
  findAgent(userId: string): Promise<Agent | undefined>
  /** Name of whoever has this number and the user responsible for it; never throws, and never takes longer than 700 ms. */
  findClient(number: string): Promise<{ readonly name: string; readonly responsibleId?: string }>
}

const KEEP_AGENT_MS = 60_000
const NAME_WITHIN_MS = 700

/** Makes a directory; users are remembered for a minute, so that a click need not wait for the portal. */
export function createDirectory(portal: () => PortalClient | undefined, clock: Clock, log: Log): Directory {
  const kept = new Map<string, { readonly agent: Agent; readonly until: number }>()

  async function findAgent(userId: string): Promise<Agent | undefined> {
    const known = kept.get(userId)
    if (known && known.until > clock.now()) return known.agent
    kept.delete(userId)
    const rows = (await portal()?.call('user.get', { ID: userId })) ?? []
    const row = rows.find(({ ID }) => String(ID) === userId)
    if (!row?.ACTIVE || !/^\d{1,20}$/.test(row.UF_PHONE_INNER ?? '')) return undefined
    const name = [row.NAME, row.LAST_NAME].filter(Boolean).join(' ')
    const agent = { userId, name: name || `User ${userId}`, extension: row.UF_PHONE_INNER ?? '' }
    kept.set(userId, { agent, until: clock.now() + KEEP_AGENT_MS })
    return agent
  }

  async function search(number: string): Promise<{ name: string; responsibleId?: string }> {
    try {
      const hits = (await portal()?.call('telephony.externalCall.searchCrmEntities', { PHONE_NUMBER: number })) ?? []
      const best = hits[0]
      return best ? { name: String(best.NAME ?? ''), responsibleId: String(best.ASSIGNED_BY_ID) } : { name: '' }
    } catch (error) {
      log('info', 'the name of a number could not be asked for', { why: wordsOf(error) })
      return { name: '' }
    }
  }

  return {
    findAgent,
    findClient(number) {
      const late = new Promise<{ name: string }>((resolve) => clock.after(NAME_WITHIN_MS, () => resolve({ name: '' })))
      return Promise.race([search(number), late])
    },
  }
}
