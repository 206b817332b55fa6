import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  createEventHandler,
  createInstallReceiver,
  createPortalClient,
  type Installation,
  type PortalClient,
  type Receiver,
} from '@hookswitch/sdk'
import type { Call } from './call.ts'
import { createCallbackListener } from './callbacks.ts'
import { createClickListener } from './clicks.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { listenToDesks } from './desk-calls.ts'
import { createDirectory } from './directory.ts'
import { listenToCallers, receiveTransferWish } from './incoming.ts'
import { bindUntilDone, createInstallationFile } from './installation.ts'
import { openJournal, type Journal } from './journal.ts'
import { wordsOf, type Log } from './log.ts'
import { createOutbox } from './outbox.ts'
import type { Pbx } from './pbx.ts'
import { createPhoneReceiver } from './phone-receiver.ts'
import { createProgress } from './progress.ts'
import { sweepEveryHour } from './recording-sweep.ts'
import { createSwitchboard, DEFAULT_LIMITS, type Limits } from './switchboard.ts'

/** A connector: a local, API-only app of a portal that drives one PBX. It knows the portal by its public contract only. */
export interface App {
  /** Serve it at `/install` (contract 7.3). */
  readonly install: Receiver
  /** Serve it at `/handler`. */
  readonly handler: Receiver
  /** Serve it at `/phone`: the portal asks here for browser phones, to hand a talk over, and what is wrong. */
  readonly phone: Receiver
  /** Takes up the installation and the calls of the last run. Call it before the first event is let in: until then all are refused. */
  start(): Promise<void>
  /** Binds the app's events to `appUrl`, where the portal reaches this process, now and at each installation. */
  bind(appUrl: string): void
  /** Lets what is under way finish; calls stay in the journal. */
  close(): Promise<void>
  /** True while there is a portal to speak to. */
  isInstalled(): boolean
  /** The newest calls, newest first. */
  recentCalls(limit: number): Call[]
  /** How many calls are not over. */
  liveCalls(): number
  /** How many are over of which the portal has not been told all. */
  unreportedCalls(): number
  /** Called after every change of a call or of the installation. */
  onChange(listener: () => void): () => void
  /** The last thing that went wrong and that a person should know, for pages. */
  lastNotice(): { readonly text: string; readonly at: number } | undefined
}

/** What an app is built of. */
export interface AppParts {
  readonly config: Config
  readonly pbx: Pbx
  readonly clock: Clock
  readonly log: Log
  readonly limits?: Limits
  /** Extensions that ring for calls to a line, after the responsible person; none unless told. */
  readonly groupOf?: (line: string) => readonly string[]
  /** How long recordings stay on the PBX after the portal has them; not at all unless told. */
  readonly keepRecordingsMs?: number
}

const DAY_MS = 24 * 3_600_000
const KEEP_CALLS_MS = 30 * DAY_MS
const PRUNE_EVERY_MS = 3_600_000

/** Makes the data folder, 0700, and everything in it. */
export function openDataDir(path: string): Journal {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  chmodSync(path, 0o700)
  return openJournal(join(path, 'calls.db'))
}

/** Builds a connector; reading it top to bottom is reading what it consists of. Nothing runs before `start()`. */
export function createApp({ config, pbx, clock, log, limits = DEFAULT_LIMITS, groupOf = () => [], keepRecordingsMs = 0 }: AppParts): App {
  const journal = openDataDir(config.dataDir)
  const listeners = new Set<() => void>()
  const changed = () => listeners.forEach((listener) => listener())
  let notice: { text: string; at: number } | undefined

  const link = createLink({ config, clock, log, socket: pbx.phones?.socket, onChange: () => (changed(), outbox.wake()) })
  const portal = () => link.portal()
  const progress = createProgress(portal, log)
  const directory = createDirectory(portal, clock, log)
  const outbox = createOutbox({ journal, pbx, progress, portal, clock, log, onMoved: changed })
  const switchboard = createSwitchboard({ pbx, journal, progress, clock, log, limits, onEnded: () => outbox.wake(), onMoved: changed })

  const applicationToken = () => link.installation()?.applicationToken
  const handler = createEventHandler({
    applicationToken,
    ...(config.webhookSecret === undefined ? {} : { secret: config.webhookSecret }),
    onError: (error, { event }) => log('error', 'an event could not be worked on', { event, why: wordsOf(error) }),
    now: () => clock.now(),
  })
  handler.on('ONEXTERNALCALLSTART', createClickListener({ directory, pbx, journal, switchboard, clock, log }))
  const answering = { portal, installerId: () => link.installation()?.userId, groupOf, directory, pbx, switchboard, clock, log }
  handler.on('ONEXTERNALCALLBACKSTART', createCallbackListener(answering))
  handler.on('ONAPPUNINSTALL', () => link.forget())

  const stopDesks = listenToDesks(answering)
  const stopIncoming = listenToCallers(answering, (text) => {
    notice = { text, at: clock.now() }
    changed()
  })

  let cancelPrune = () => {}
  let stopSweep = () => {}
  function prune(): void {
    // Longer than the recordings, whose calls must be known.
    journal.prune(clock.now() - Math.max(KEEP_CALLS_MS, keepRecordingsMs + DAY_MS))
    cancelPrune = clock.after(PRUNE_EVERY_MS, prune)
  }

  return {
    install: link.install,
    handler: {
      async receive(request) {
        const answer = await handler.receive(request)
        if (answer.status === 200) outbox.hear()
        return answer
      },
    },
    phone: createPhoneReceiver({ applicationToken, pbx, handOver: (wish) => receiveTransferWish(answering, wish), log }),
    async start() {
      link.load()
      // A PBX that is down or not connected yet says `up` later, and is asked then.
      await switchboard.recover().catch((error: unknown) => log('info', 'the PBX is asked for its calls later', { why: wordsOf(error) }))
      prune()
      stopSweep = sweepEveryHour({ pbx, journal, clock, log, keepMs: keepRecordingsMs })
      journal.hasten()
      outbox.wake()
    },
    bind: (appUrl) => link.bind(config.appUrl ?? appUrl),
    async close() {
      cancelPrune()
      stopSweep()
      stopIncoming()
      stopDesks()
      link.close()
      switchboard.close()
      await outbox.close()
      await pbx.close()
      journal.close()
    },
    isInstalled: () => link.installation() !== undefined,
    recentCalls: (limit) => journal.recent(limit),
    liveCalls: () => switchboard.live().length,
    unreportedCalls: () => journal.unreported(),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lastNotice: () => notice,
  }
}

/** The tie to the portal: installed or not, and the client that speaks for the installation. */
function createLink(parts: {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** of browser phones, if there are any */
  readonly socket: string | undefined
  readonly onChange: () => void
}) {
  const { config, clock, log, socket } = parts
  const file = createInstallationFile(join(config.dataDir, 'installation.json'))
  let installation: Installation | undefined
  let portal: PortalClient | undefined
  let ownUrl: string | undefined
  let stopBinding = () => {}

  function use(next: Installation): void {
    installation = next
    portal = createPortalClient({
      app: config.app,
      tokens: next.tokens,
      saveTokens(tokens) {
        // A client of an earlier installation may still be finishing something.
        if (installation?.applicationToken !== next.applicationToken) return
        installation = { ...installation, tokens }
        file.write(installation)
      },
    })
    bind()
    parts.onChange()
  }

  function bind(): void {
    stopBinding()
    if (!portal || !ownUrl) return
    const phones = { url: `${ownUrl}/phone`, socket: socket ?? '' }
    stopBinding = bindUntilDone(portal, { handlerUrl: `${ownUrl}/handler`, lines: config.lines, phones }, parts)
  }

  const install = createInstallReceiver({
    app: config.app,
    portalUrl: config.portalUrl,
    ...(config.oauthUrl === undefined ? {} : { oauthUrl: config.oauthUrl }),
    store(next) {
      file.write(next)
      log('info', 'the app was installed', { portal: next.domain, memberId: next.memberId })
      use(next)
    },
    onError: (error) => log('warn', 'an install callback was not taken', { why: wordsOf(error) }),
    now: () => clock.now(),
  })

  return {
    install,
    portal: () => portal,
    installation: () => installation,
    load(): void {
      const known = file.read(config.app.clientId)
      if (known) use(known)
    },
    bind(url: string): void {
      ownUrl = url
      bind()
    },
    forget(): void {
      log('info', 'the app was uninstalled')
      stopBinding()
      file.remove()
      installation = undefined
      portal = undefined
      parts.onChange()
    },
    close: () => stopBinding(),
  }
}
