import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { buildForm } from '../rest/php.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { AuthBlocks } from './auth-block.ts'
import { appInstalled } from './events.ts'

/** Makes one POST of a form; `problem` is null when it was answered 2xx, else a sentence for the administrator. Never throws. */
export type PostForm = (request: { readonly url: string; readonly body: string }) => Promise<{ readonly problem: string | null }>

/** Sends the install callbacks of API-only apps (contract 7.3, design 11.18). */
export interface Installs {
  /** Tries again what was never taken, then follows what comes due. */
  start(): Promise<void>
  /** Something is due now. */
  wake(): void
  /** Waits for the POSTs under way. */
  stop(): Promise<void>
}

/** somebody is about to start the application, and looks on: 1, 2, 4, 8 s, then every 15 s for an hour */
const soonMs = 15_000
const soonAttempts = 240
/** after it every 5 min: together a day */
const longestWaitMs = 5 * 60_000
const attemptLimit = 516
/** a process that died while it sent is followed by another after this time */
const claimMs = 60_000

/** How long after the nth failure the next try comes. */
export function installDelayMs(attempts: number): number {
  return attempts > soonAttempts ? longestWaitMs : Math.min(1000 * 2 ** Math.min(attempts - 1, 20), soonMs)
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly auth: AuthBlocks
  readonly post: PostForm
  readonly changed: (portalId: number, names: readonly string[]) => void
}

/** Claims make sure that of several processes one sends. */
export function createInstalls(parts: Parts): Installs {
  const { store, clock, log } = parts
  let cancelTimer: (() => void) | null = null
  let running: Promise<void> = Promise.resolve()
  let stopped = true

  const settle = async (app: Row<'app'>, problem: string | null): Promise<void> => {
    const attempts = app.install_attempts + 1
    const isOver = problem === null || attempts >= attemptLimit
    await store.transaction((tx) => {
      tx.write(
        store.build
          .updateTable('app')
          .set({
            install_problem: problem,
            install_attempts: attempts,
            install_due_at: isOver ? null : clock.now() + installDelayMs(attempts),
          })
          .where('id', '=', app.id)
          .where('deleted_at', 'is', null),
      )
      tx.afterCommit(() => parts.changed(app.portal_id, ['apps', `app:${app.id}`]))
    })
  }

  const claim = (now: number): Promise<Row<'app'>[]> =>
    store.transaction((tx) =>
      tx.db
        .updateTable('app')
        .set({ install_due_at: now + claimMs })
        .where('install_due_at', '<=', now)
        .where('deleted_at', 'is', null)
        .returningAll()
        .execute(),
    )

  const sendDue = async (): Promise<void> => {
    const apps = await claim(clock.now())
    await Promise.all(
      apps.map(async (app) => {
        const { problem } = await parts
          .post({ url: app.install_url, body: await installBody(parts, app) })
          .catch((error: unknown) => ({ problem: String(error) }))
        log.info({ app: app.id, problem }, problem === null ? 'the install callback was taken' : 'the install callback was not taken')
        await settle(app, problem)
      }),
    )
  }

  const schedule = async (): Promise<void> => {
    const next = await store.read
      .selectFrom('app')
      .select((eb) => eb.fn.min('install_due_at').as('due'))
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    cancelTimer?.()
    cancelTimer = next?.due == null || stopped ? null : clock.at(Number(next.due), wake)
  }

  const wake = (): void => {
    if (stopped) return
    running = running
      .then(sendDue)
      .then(schedule)
      .catch((err: unknown) => log.error({ err }, 'install callbacks could not be sent'))
  }

  return {
    async start() {
      stopped = false
      // "and again on start": what was given up, or is still waiting after failures, is tried at once
      await store.transaction((tx) =>
        tx.write(
          store.build
            .updateTable('app')
            .set({ install_due_at: clock.now(), install_attempts: 0 })
            .where('install_problem', 'is not', null)
            .where('install_url', '<>', '')
            .where('kind', '=', 'api')
            .where('deleted_at', 'is', null),
        ),
      )
      wake()
    },
    wake,
    async stop() {
      stopped = true
      cancelTimer?.()
      await running
    },
  }
}

/** The callback has no `event_handler_id`: no handler was bound yet (contract 13.29). */
async function installBody({ store, clock, auth }: Parts, app: Row<'app'>): Promise<string> {
  const portal = await store.read.selectFrom('portal').select('language').where('id', '=', app.portal_id).executeTakeFirstOrThrow()
  return buildForm({
    event: appInstalled.name,
    data: appInstalled.data({ version: app.version, installed: true, language: portal.language }),
    ts: Math.floor(clock.now() / 1000),
    auth: await auth.of({ portalId: app.portal_id, owner: `app:${app.id}`, event: appInstalled.name, userId: app.created_by_id }),
  })
}
