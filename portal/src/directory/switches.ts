/** Compatibility switches: where the original's behaviour is not the same everywhere, or a connector needs that of another time. */
import { mostHandlerSeconds } from '../delivery/engine.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { bucketSizes, type Limits } from '../rest/limits.ts'
import { readSettings, type PortalSettings } from './portals.ts'

/** The switches of a portal (contract 4.0, 4.2, 13). */
export interface Switches {
  /** register, finish and externalLine.* answer WRONG_AUTH_TYPE to incoming webhooks, as the documentation says (4.0) */
  readonly strictAppContext: boolean
  /** a second `register` of the same key within 30 minutes gets the same CALL_ID (4.2) */
  readonly reuseWindow: boolean
  /** CRM_ENTITY_TYPE of a click that has no card; `LEAD`, with CRM_ENTITY_ID 0, was sent in 2018 (13.6) */
  readonly unknownEntity: '' | 'LEAD'
  /** PORTAL_NUMBER of an app without a line is `REST_APP:3` instead of `REST_APP:` (13.11) */
  readonly portalNumberWithAppId: boolean
  /** ONVOXIMPLANTCALLSTART follows ONVOXIMPLANTCALLINIT at once, as in the documentation's capture (13.12) */
  readonly callStartEvent: boolean
  /** minutes without a word from its app after which the portal closes a call provisionally, with 304 (13.14, design 11.1) */
  readonly closeSilentMinutes: number
  /** seconds that a handler may take for its answer (13.1) */
  readonly handlerSeconds: number
  /** a participant of a call list whose call was answered (200) gets the status SUCCESS (13.37) */
  readonly callListSuccess: boolean
  /** limits of the original (6.6): none, those of its usual or its largest tariff, or every call is refused as if it were overloaded */
  readonly limits: (typeof limitModes)[number]
  /** with `limits`: seconds that a method may take of an app or webhook within ten minutes (6.6) */
  readonly limitOperatingSeconds: number
  /** with `limits`: seconds that a request may take (6.6) */
  readonly limitRequestSeconds: number
  /** what an unknown number makes when a call asks for it: a lead, or a contact with a deal (4.2) */
  readonly crmMode: 'classic' | 'simple'
  /** a client without an active lead or deal gets a new one when a call asks for it (4.2) */
  readonly repeatSales: boolean
}

/** The values of the switch `limits`. */
export const limitModes = ['off', 'standard', 'enterprise', 'overload'] as const

/** The most that the seconds of a limit may be. */
export const mostLimitSeconds = 3600

/** The least and the most that `closeSilentMinutes` may be: five minutes, as the original was seen to do, to a week. */
export const silentMinutes = { least: 5, most: 7 * 24 * 60 } as const

/** What holds until an admin changes it: the contract's recommendations. */
export const defaultSwitches: Switches = {
  strictAppContext: false,
  reuseWindow: true,
  unknownEntity: '',
  portalNumberWithAppId: false,
  callStartEvent: false,
  closeSilentMinutes: 12 * 60,
  handlerSeconds: 10,
  callListSuccess: false,
  limits: 'off',
  limitOperatingSeconds: 480,
  limitRequestSeconds: 60,
  crmMode: 'classic',
  repeatSales: false,
}

/** The limits that switches ask for; null: none. */
export function limitsOf({ limits, limitOperatingSeconds, limitRequestSeconds }: Switches): Limits | null {
  if (limits === 'off') return null
  return {
    bucket: bucketSizes[limits === 'enterprise' ? 'enterprise' : 'standard'],
    operatingSeconds: limitOperatingSeconds,
    requestSeconds: limitRequestSeconds,
    isOverloaded: limits === 'overload',
  }
}

type BooleanSwitch = { [Name in keyof Switches]: Switches[Name] extends boolean ? Name : never }[keyof Switches]

/** The switches in the settings of an account; what is absent or unreadable has its default. */
export function readSwitches(settings: PortalSettings): Switches {
  const given = (typeof settings['switches'] === 'object' && settings['switches'] !== null ? settings['switches'] : {}) as Readonly<
    Record<string, unknown>
  >
  const asBoolean = (name: BooleanSwitch): boolean => {
    const value = given[name]
    return typeof value === 'boolean' ? value : defaultSwitches[name]
  }
  const asSeconds = (name: 'limitOperatingSeconds' | 'limitRequestSeconds'): number => {
    const value = given[name]
    return typeof value === 'number' && value > 0 && value <= mostLimitSeconds ? value : defaultSwitches[name]
  }
  const asWhole = (name: 'closeSilentMinutes' | 'handlerSeconds', { least, most }: { least: number; most: number }): number => {
    const value = given[name]
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : defaultSwitches[name]
  }
  return {
    strictAppContext: asBoolean('strictAppContext'),
    reuseWindow: asBoolean('reuseWindow'),
    unknownEntity: given['unknownEntity'] === 'LEAD' ? 'LEAD' : '',
    portalNumberWithAppId: asBoolean('portalNumberWithAppId'),
    callStartEvent: asBoolean('callStartEvent'),
    closeSilentMinutes: asWhole('closeSilentMinutes', silentMinutes),
    handlerSeconds: asWhole('handlerSeconds', { least: 1, most: mostHandlerSeconds }),
    callListSuccess: asBoolean('callListSuccess'),
    limits: limitModes.find((mode) => mode === given['limits']) ?? defaultSwitches.limits,
    limitOperatingSeconds: asSeconds('limitOperatingSeconds'),
    limitRequestSeconds: asSeconds('limitRequestSeconds'),
    crmMode: given['crmMode'] === 'simple' ? 'simple' : 'classic',
    repeatSales: asBoolean('repeatSales'),
  }
}

const channel = 'switches'

/** The switches of all portals of this database, held in memory: they are asked for on the way of every click. */
export class SwitchBoard {
  readonly #store: Store
  readonly #changed: (portalId: number, names: readonly string[]) => void
  #byPortal = new Map<number, Switches>()

  private constructor(store: Store, changed: (portalId: number, names: readonly string[]) => void) {
    this.#store = store
    this.#changed = changed
  }

  /** Reads them all and follows the changes of other processes. */
  static async open({
    store,
    log,
    changed,
  }: {
    store: Store
    log: Log
    changed: (portalId: number, names: readonly string[]) => void
  }): Promise<SwitchBoard> {
    const board = new SwitchBoard(store, changed)
    await board.#load()
    const follow = (): void => {
      board.#load().catch((error: unknown) => log.error({ err: error }, 'the switches that another process changed could not be read'))
    }
    store.listen(channel, follow, follow)
    return board
  }

  async #load(): Promise<void> {
    const portals = await this.#store.read.selectFrom('portal').select(['id', 'settings']).execute()
    this.#byPortal = new Map(portals.map((portal) => [portal.id, readSwitches(readSettings(portal))]))
  }

  /** The switches of a portal. */
  of(portalId: number): Switches {
    return this.#byPortal.get(portalId) ?? defaultSwitches
  }

  /** Changes some of them; answers all. */
  async change(portalId: number, change: Partial<Switches>): Promise<Switches> {
    await this.#store.transaction(async (tx) => {
      const portal = await tx.db.selectFrom('portal').select('settings').where('id', '=', portalId).executeTakeFirstOrThrow()
      const settings = readSettings(portal)
      const switches = { ...readSwitches(settings), ...change }
      await tx.db
        .updateTable('portal')
        .set({ settings: JSON.stringify({ ...settings, switches }) })
        .where('id', '=', portalId)
        .execute()
      tx.afterCommit(() => this.#changed(portalId, ['settings']))
    })
    await this.#load()
    await this.#store.notify(channel, '')
    return this.of(portalId)
  }
}
