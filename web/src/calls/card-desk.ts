import { noAnswer, type Place, type SayEvent } from '../applications/place.ts'

/** How a call card can look while a background page drives it (contract 8.6). */
export const uiStates = [
  'incoming',
  'transferIncoming',
  'outgoing',
  'connectingIncoming',
  'connectingOutgoing',
  'connected',
  'transferring',
  'transferFailed',
  'transferConnected',
  'error',
  'moneyError',
  'redial',
] as const
/** One of them. */
export type UiState = (typeof uiStates)[number]

/** What a background page has made of a call card. */
export interface CardControl {
  uiState: UiState
  /** in the page's own words; null: the card's */
  title: string | null
  statusText: string | null
  isMuted: boolean
  isHeld: boolean
  /** null: not shown; with `stoppedAt` it stands */
  timer: { startedAt: number; stoppedAt: number | null } | null
}

/** A call card that an app raised by its own register call. */
export interface DrivenCard {
  callId: string
  appId: number
  startedAt: number
  isIncoming: boolean
  close: () => void
}

/** The 17 events of a background page. */
export const backgroundEvents = [
  'initialized',
  'addCommentButtonClick',
  'muteButtonClick',
  'holdButtonClick',
  'closeButtonClick',
  'transferButtonClick',
  'cancelTransferButtonClick',
  'completeTransferButtonClick',
  'hangupButtonClick',
  'nextButtonClick',
  'skipButtonClick',
  'answerButtonClick',
  'entityChanged',
  'qualityMeterClick',
  'dialpadButtonClick',
  'makeCallButtonClick',
  'notifyAdminButtonClick',
] as const
/** One of them. */
export type BackgroundEvent = (typeof backgroundEvents)[number]
const wireName = (event: BackgroundEvent): string => `BackgroundCallCard::${event}`

/** Brings background pages and the call cards of their apps together, in one tab of the browser. */
export interface CardDesk {
  /** what the background page of an app gets */
  placeOf: (appId: number) => Place
  /** A card is in the dock; answers how to take it off the desk. */
  show: (card: DrivenCard) => () => void
  /** What the person did with the card, for the background pages of its app. */
  say: (callId: string, event: BackgroundEvent, ...data: unknown[]) => void
  /** The person pressed mute or hold: the card shows it, the page is told. */
  toggle: (callId: string, what: 'isMuted' | 'isHeld') => void
  /** null: no background page drives this card */
  controlOf: (callId: string) => CardControl | null
  subscribe: (listener: () => void) => () => void
}

interface Parts {
  now: () => number
  /** the data of `initialized` */
  statusOf: (callId: string) => Promise<unknown>
}

/** Builds a desk. */
export function createCardDesk({ now, statusOf }: Parts): CardDesk {
  const pages = new Map<number, Set<SayEvent>>()
  const cards = new Map<string, DrivenCard>()
  const controls = new Map<string, CardControl>()
  const listeners = new Set<() => void>()
  /** pages that have bound `initialized`, with the calls they were told of */
  const told = new Map<SayEvent, Set<string>>()
  const tellListeners = (): void => {
    for (const listener of listeners) listener()
  }
  const change = (callId: string, changes: Partial<CardControl>): void => {
    const control = controls.get(callId)
    if (!control) return
    controls.set(callId, { ...control, ...changes })
    tellListeners()
  }
  const introduce = async (card: DrivenCard, say: SayEvent): Promise<void> => {
    if (told.get(say)?.has(card.callId) !== false) return
    told.get(say)?.add(card.callId)
    say(wireName('initialized'), await statusOf(card.callId))
  }
  /** Commands name no call: they go to the newest card of the app. */
  const cardOf = (appId: number): DrivenCard | undefined =>
    [...cards.values()].filter((card) => card.appId === appId).toSorted((a, b) => b.startedAt - a.startedAt)[0]

  const withTimer = (callId: string, isRunning: boolean): void => {
    const timer = controls.get(callId)?.timer ?? null
    if (isRunning && timer?.stoppedAt !== null) {
      const elapsedMs = timer ? (timer.stoppedAt ?? timer.startedAt) - timer.startedAt : 0
      change(callId, { timer: { startedAt: now() - elapsedMs, stoppedAt: null } })
    }
    if (!isRunning && timer?.stoppedAt === null) change(callId, { timer: { ...timer, stoppedAt: now() } })
  }

  const commandsOf = (appId: number): Place['commands'] => {
    const onCard = (run: (card: DrivenCard, params: Record<string, unknown>) => unknown) => (params: unknown) => {
      const card = cardOf(appId)
      return card ? (run(card, mapOf(params)) ?? []) : [{ result: 'error', errorCode: 'Call card is undefined' }]
    }
    const quietly = (run: (card: DrivenCard) => void) => () => {
      const card = cardOf(appId)
      if (card) run(card)
      return noAnswer
    }
    return {
      CallCardSetMute: onCard(({ callId }, { muted }) => change(callId, { isMuted: isTrue(muted) })),
      CallCardSetHold: onCard(({ callId }, { held }) => change(callId, { isHeld: isTrue(held) })),
      CallCardSetUiState: onCard(({ callId }, { uiState, disableAutoStartTimer }) => {
        const known = uiStates.find((one) => one === uiState)
        if (!known) return [{ result: 'error', errorCode: 'Invalid ui state' }]
        change(callId, { uiState: known })
        if (known !== 'connected') withTimer(callId, false)
        else if (!isTrue(disableAutoStartTimer)) withTimer(callId, true)
        return []
      }),
      CallCardGetListUiStates: () => [...uiStates],
      CallCardSetCardTitle: onCard(({ callId }, { title }) => change(callId, { title: textOf(title) })),
      CallCardSetStatusText: onCard(({ callId }, { statusText }) => change(callId, { statusText: textOf(statusText) })),
      CallCardClose: onCard(({ close }) => {
        close()
        return []
      }),
      CallCardStartTimer: quietly(({ callId }) => withTimer(callId, true)),
      CallCardStopTimer: quietly(({ callId }) => withTimer(callId, false)),
    }
  }

  const say: CardDesk['say'] = (callId, event, ...data) => {
    for (const page of pages.get(cards.get(callId)?.appId ?? 0) ?? []) page(wireName(event), ...data)
  }

  return {
    placeOf: (appId) => ({
      commands: commandsOf(appId),
      events: backgroundEvents.map(wireName),
      attach(page) {
        pages.set(appId, new Set([...(pages.get(appId) ?? []), page]))
        tellListeners()
        return () => {
          pages.get(appId)?.delete(page)
          told.delete(page)
          tellListeners()
        }
      },
      onBound(event, page) {
        if (event !== wireName('initialized') || told.has(page)) return
        told.set(page, new Set())
        const card = cardOf(appId)
        if (card) void introduce(card, page).catch(() => undefined)
      },
    }),
    show(card) {
      cards.set(card.callId, card)
      const fresh: CardControl = {
        uiState: card.isIncoming ? 'incoming' : 'connectingOutgoing',
        title: null,
        statusText: null,
        isMuted: false,
        isHeld: false,
        timer: null,
      }
      controls.set(card.callId, controls.get(card.callId) ?? fresh)
      tellListeners()
      for (const page of pages.get(card.appId) ?? []) void introduce(card, page).catch(() => undefined)
      return () => {
        cards.delete(card.callId)
        controls.delete(card.callId)
        tellListeners()
      }
    },
    say,
    toggle(callId, what) {
      const control = controls.get(callId)
      if (!control) return
      change(callId, { [what]: !control[what] })
      say(callId, what === 'isMuted' ? 'muteButtonClick' : 'holdButtonClick', !control[what])
    },
    controlOf(callId) {
      const appId = cards.get(callId)?.appId
      return appId !== undefined && (pages.get(appId)?.size ?? 0) > 0 ? (controls.get(callId) ?? null) : null
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const isTrue = (value: unknown): boolean => value === true || value === 1 || value === '1' || value === 'true'

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null
}

function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
