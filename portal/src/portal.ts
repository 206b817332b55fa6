/** The composition root: every part of a portal process, built once, in order. Reading it from top to bottom is reading the system. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHmac } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthBlocks } from './apps/auth-block.ts'
import { createCallers } from './apps/callers.ts'
import { appInstalled, appMethodConfirmed, appPaid, appUninstalled, appUpdated } from './apps/events.ts'
import { createFrames } from './apps/frame.ts'
import { createInstalls } from './apps/installs.ts'
import { appMethods } from './apps/methods.ts'
import { createOAuth } from './apps/oauth.ts'
import { createPlacements } from './apps/placements.ts'
import { createRegistry } from './apps/registry.ts'
import { createSlowPages } from './apps/slow-pages.ts'
import { createTokens } from './apps/tokens.ts'
import { createWebhooks } from './apps/webhooks.ts'
import { systemClock, type Clock } from './clock.ts'
import { openSharedClock } from './store/shared-clock.ts'
import type { Config } from './config.ts'
import { createActivities } from './crm/activities.ts'
import { createCallLists } from './crm/call-lists.ts'
import { createCrmOfCalls } from './crm/call-crm.ts'
import { createEntities } from './crm/entities.ts'
import { crmEvents } from './crm/events.ts'
import { createLinks } from './crm/links.ts'
import { createLookup } from './crm/lookup.ts'
import { crmMethods } from './crm/methods.ts'
import { createStatuses } from './crm/statuses.ts'
import { createNotes } from './crm/notes.ts'
import { createTimeline } from './crm/timeline.ts'
import { checkDestination, checkUrl, type Resolve } from './delivery/outbound.ts'
import { createHandover } from './delivery/handover.ts'
import { createSender } from './delivery/send.ts'
import type { Worker } from './delivery/worker-ports.ts'
import { createWorker } from './delivery/worker.ts'
import { directoryMethods } from './directory/methods.ts'
import { createOldRows } from './directory/old-rows.ts'
import { createNotifications } from './directory/notifications.ts'
import { addPortal, createPortals, loadTokenKey } from './directory/portals.ts'
import { createSignIn } from './directory/sign-in.ts'
import { createRetentionRules } from './directory/retention-rules.ts'
import { limitsOf, SwitchBoard } from './directory/switches.ts'
import { Users } from './directory/users.ts'
import { Bindings } from './events/bindings.ts'
import { createDeliveries } from './events/deliveries.ts'
import type { EventDeclaration } from './events/event.ts'
import { appTest, offlineWaiting } from './events/events.ts'
import { eventMethods } from './events/methods.ts'
import { createOfflineQueue } from './events/offline.ts'
import { createHandlerHealth } from './events/handler-health.ts'
import { offlineMethods } from './events/offline-methods.ts'
import { createOfflineSignals } from './events/offline-signals.ts'
import { createSigner } from './events/signatures.ts'
import { createOutbox, type DeliveryJob } from './events/outbox.ts'
import { createDeadProcesses } from './events/dead-processes.ts'
import { createDeliveryOrder } from './events/delivery-order.ts'
import { createProcesses } from './events/processes.ts'
import { createReplays } from './events/replays.ts'
import { appCheckRoutes } from './http/api/app-checks.ts'
import { appRoutes } from './http/api/apps.ts'
import { callListRoutes } from './http/api/call-lists.ts'
import { callbackFormRoutes } from './http/api/callback-forms.ts'
import { callRoutes } from './http/api/calls.ts'
import { cardRoutes } from './http/api/cards.ts'
import { deliveryRoutes } from './http/api/deliveries.ts'
import { frameRoutes } from './http/api/frames.ts'
import { handlerRoutes } from './http/api/handlers.ts'
import type { Route } from './http/api/route.ts'
import { missedCallRoutes } from './http/api/missed-calls.ts'
import { notificationRoutes } from './http/api/notifications.ts'
import { phoneRoutes } from './http/api/phone.ts'
import { placementRoutes } from './http/api/placements.ts'
import { profileRoutes } from './http/api/profiles.ts'
import { retentionRoutes } from './http/api/retention.ts'
import { sessionRoutes } from './http/api/session.ts'
import { switchRoutes } from './http/api/switches.ts'
import { telephonyRoutes } from './http/api/telephony.ts'
import { transcriptRoutes } from './http/api/transcripts.ts'
import { userRoutes } from './http/api/users.ts'
import { webhookRoutes } from './http/api/webhooks.ts'
import { serveCallbackForms } from './http/callback-forms.ts'
import { createIdempotency } from './http/idempotency.ts'
import { createLive } from './http/live.ts'
import { createMetrics } from './http/metrics.ts'
import { serveRecordings, takeUpload } from './http/recordings.ts'
import { createServer } from './http/server.ts'
import { createLog, type Log } from './log.ts'
import { batchMethods } from './rest/batch.ts'
import { Router, type Answered, type Cause } from './rest/router.ts'
import { Archive } from './store/archive.ts'
import { openEngine } from './store/open.ts'
import { migrate } from './store/migrate.ts'
import { refuseHalfMoved } from './store/move.ts'
import type { Engine } from './store/engine.ts'
import { createRetention } from './store/retention.ts'
import { Store } from './store/store.ts'
import type { Row } from './store/tables.ts'
import { readCardStatus } from './telephony/card-status.ts'
import { createCalls } from './telephony/calls.ts'
import { createClicks } from './telephony/click.ts'
import { createAppChecks } from './telephony/app-checks.ts'
import { createCallbackForms } from './telephony/callback-forms.ts'
import { createCallbackOutcomes } from './telephony/callback-outcomes.ts'
import { createCallbackRequests } from './telephony/callback-requests.ts'
import { callbackAsked, callEnded, callInit, callStarted, callTalking } from './telephony/events.ts'
import { createLines } from './telephony/lines.ts'
import { lineMethods } from './telephony/line-methods.ts'
import { phoneMethods } from './telephony/phone-methods.ts'
import { createPhoneQuestions } from './telephony/phone-questions.ts'
import { createPhones } from './telephony/phones.ts'
import { callMethods } from './telephony/methods.ts'
import { presentCalls } from './telephony/presented.ts'
import { requestIdOf } from './telephony/request-key.ts'
import { createMissedCalls } from './telephony/missed-calls.ts'
import { createRecordFetches } from './telephony/record-fetches.ts'
import { createRecordings } from './telephony/recordings.ts'
import { createTargets } from './telephony/targets.ts'
import { createTraces } from './telephony/trace.ts'
import { transcriptMethods } from './telephony/transcript-methods.ts'
import { createTransfers } from './telephony/transfers.ts'
import { createTranscripts } from './telephony/transcripts.ts'
import { voximplantMethods } from './telephony/voximplant-methods.ts'

/** What a test may hand in; a process takes the machine's own. */
export interface PortalWorld {
  readonly clock?: Clock
  readonly random?: () => number
  readonly log?: Log
  /** folder of the built web */
  readonly webFolder?: string
  /** puts another engine in front of the opened one: the bench's limit acknowledges at once */
  readonly engine?: (opened: Engine) => Engine
  /** is told how each REST call ended */
  readonly answered?: Answered
  /** the DNS, as far as handlers are concerned */
  readonly resolve?: Resolve
}

const hourMs = 3_600_000
const silenceSweepMs = 60_000
const recoverySweepMs = 5_000
const offlineSweepMs = 5_000
const recordSweepMs = 5_000
const reminderMs = 10_000
/** Sessions, tokens and requests that are old. */
const oldRowSweepMs = 3_600_000
const installSweepMs = 30_000
/** twice this is how long a dead process keeps what it had */
const deadSweepMs = 2_000
/** a third of a notice's lease */
const renewMs = 10_000
/** after the database was away: until then each process writes down what it had sent meanwhile */
const graceMs = 5_000
/** a file that another process may still be writing is left alone */
const leftoverQuietMs = 3_600_000

/** Every event that can be bound, by name, in the order in which `events` answers them (contract 3.3). */
export function eventCatalogue(): ReadonlyMap<string, EventDeclaration<never>> {
  const all = [
    appUninstalled,
    appInstalled,
    appUpdated,
    appPaid,
    appTest,
    appMethodConfirmed,
    offlineWaiting,
    callStarted,
    callbackAsked,
    callInit,
    callTalking,
    callEnded,
    ...crmEvents,
  ]
  return new Map(all.map((one) => [one.name, one as EventDeclaration<never>]))
}

/** Builds a portal on its database, migrated, with an account in it. It serves after `start`. */
export async function createPortal(config: Config, world: PortalWorld = {}) {
  const log = world.log ?? createLog(config.log.level)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })

  // store
  const engine = await openEngine(config.databaseUrl, log)
  const { processId } = engine
  const sharedClock = engine.isShared && !world.clock ? await openSharedClock(engine, log) : null
  const clock = world.clock ?? sharedClock ?? systemClock
  await refuseHalfMoved(engine).catch(async (error: unknown) => {
    await engine.close()
    throw error
  })
  const migrations = await migrate(engine)
  const store = await Store.open(world.engine ? world.engine(engine) : engine, log)
  const portals = createPortals({ store, changed: (portalId, names) => live.changed(portalId, names) })
  const isNew = (await portals.first()) === null
  if (isNew) await store.transaction((tx) => addPortal(tx, { title: 'Hookswitch', country: 'US', language: 'en', now: clock.now() }))

  // live updates
  const live = createLive({ store, log, heard: (_, names) => deliveries.heard(names) })
  const { changed } = live

  // a process may do a part of the work; the others hear what is theirs
  const processes = createProcesses({ store, log, processId })
  const isSending = config.only !== 'web'

  // growth
  const retentionRules = createRetentionRules({ store, defaults: config.retention, changed })
  const archive = new Archive({ store, folder: join(config.dataDir, 'archive') })
  const retention = createRetention({ store, clock, log, archive, rules: () => retentionRules.all() })

  // directory and apps: who calls
  const users = new Users({ store, clock, changed })
  const oldRows = createOldRows({ store, clock })
  const notifications = createNotifications({ store, clock, changed })
  const signIn = createSignIn({ store, clock, users })
  const tokenKey = await loadTokenKey(store)
  const tokens = createTokens({ key: tokenKey, clock })
  const oauth = createOAuth({ store, clock, tokens, publicUrl: config.publicUrl })
  const auth = createAuthBlocks({ store, tokens, oauth, publicUrl: config.publicUrl })
  const callers = createCallers({ store, clock, tokens, log })
  const switches = await SwitchBoard.open({ store, log, changed })

  // delivery: the loop knows the rows by ports, calls follow their dials
  const catalogue = eventCatalogue()
  // private addresses: one verdict at save, at bind and at send (design 11.10)
  const blockedAddress = (url: string): string | null => checkUrl(url, config.outbound.allowPrivate)?.text ?? null
  /** names resolved: for what is saved by a person, who can do something about it */
  const judgeAddress = async (url: string): Promise<string | null> =>
    (await checkDestination(url, config.outbound.allowPrivate, world.resolve))?.text ?? null
  const bindings = await Bindings.open({ store, clock, blockedAddress, log })
  const sender = createSender({ clock, allowPrivate: config.outbound.allowPrivate, ...(world.resolve && { resolve: world.resolve }) })
  const timeoutMs = (portalId: number): number => switches.of(portalId).handlerSeconds * 1000
  const deliveries = createDeliveries({
    store,
    clock,
    bindings,
    signer: createSigner(),
    catalogue,
    processId,
    auth: (wish) => auth.of(wish),
    timeoutMs,
    settled: (tx, job, decision) =>
      requestIdOf(job.callId ?? '') === null ? calls.followDelivery(tx, job, decision) : callbackOutcomes.followDelivery(tx, job, decision),
    proven(callId) {
      worker.proven(callId)
      processes.tell({ proven: [callId] })
    },
    gone: (job) => health.gone(job.handlerId),
    changed,
  })
  const health = createHandlerHealth({
    store,
    bindings,
    log,
    changed,
    async tellAdmins({ portalId, tag, text }) {
      const people = (await users.all(portalId)).filter((user) => user.is_admin === 1 && user.is_active === 1)
      for (const { id, language } of people)
        await notifications.send({ portalId, userId: id, authorId: null, appId: null, message: language === 'ru' ? text.ru : text.en, tag })
    },
  })
  const deadProcesses = createDeadProcesses({ store })
  const order = createDeliveryOrder({ store, clock, processId })
  const sending = (): Worker<DeliveryJob> =>
    createWorker<DeliveryJob>({
      ...deliveries,
      ...(store.isShared && { heldBack: order.heldBack }),
      clock,
      random: world.random ?? Math.random,
      log,
      sender,
      breakerChanged: (handlerId, breaker) => health.breakerChanged(handlerId, breaker),
      ended: (job, decision, sent) => metrics.ended(job, decision, sent),
    })
  const worker = isSending ? sending() : createHandover<DeliveryJob>(() => processes.tell({ deliveries: true }))
  const metrics = createMetrics({ store, clock, report: () => worker.report(), token: config.metrics.token })
  const offline = createOfflineQueue({ store, clock })
  // which REST call is running: an app's own queue does not echo what the app does (contract 3.5)
  const causes = new AsyncLocalStorage<Cause>()
  const outbox = createOutbox({
    store,
    clock,
    bindings,
    worker,
    processId: isSending ? processId : null,
    timeoutMs,
    offline,
    causedBy: () => causes.getStore() ?? null,
    queued: (queued) => signals.queued(queued),
  })
  const replays = createReplays({ store, clock, bindings, changed })
  const signals = createOfflineSignals({ store, clock, log, bindings, outbox })

  // crm
  const entities = createEntities({ store, clock, outbox, changed })
  const lookup = createLookup({ store })
  const timeline = createTimeline({ store, clock, outbox, changed })
  const callLists = createCallLists({ store, clock, outbox, changed })
  const activities = createActivities({ clock, outbox, changed })
  const statuses = createStatuses({ store })
  const notes = createNotes({ store, clock, changed })
  const crm = createCrmOfCalls({ entities, lookup, timeline, callLists, notes })

  // apps
  const registry = createRegistry({
    store,
    clock,
    outbox,
    bindings,
    changed,
    blockedAddress: judgeAddress,
    installDue: () => (isSending ? installs.wake() : processes.tell({ installs: true })),
  })
  const installs = createInstalls({ store, clock, log, auth, changed, post: postForm(sender) })
  const webhooks = createWebhooks({
    store,
    clock,
    bindings,
    publicUrl: config.publicUrl,
    changed,
    eventNames: new Set(catalogue.keys()),
    blockedAddress: judgeAddress,
  })
  const slowPages = createSlowPages({ auth, log, post: postForm(sender) })
  const placements = createPlacements({ store, clock, changed, removed: (row) => slowPages.tell(row) })
  const frames = createFrames({ store, tokens, oauth, registry, publicUrl: config.publicUrl })

  // telephony
  const targets = createTargets({ store, bindings, changed })
  const questions = createPhoneQuestions({ clock, auth, sender })
  const phones = createPhones({ store, clock, targets, questions, blockedAddress: judgeAddress })
  const transfers = createTransfers({ store, questions })
  const appChecks = createAppChecks({ store, questions })
  const lines = createLines({ store, clock, changed })
  const recordings = createRecordings({
    store,
    clock,
    folder: join(config.dataDir, 'recordings'),
    maxBytes: config.recordings.maxBytes,
    allowPrivate: config.outbound.allowPrivate,
    publicUrl: config.publicUrl,
    changed,
  })
  const records = createRecordFetches({
    store,
    clock,
    log,
    recordings,
    handOver: isSending ? null : () => processes.tell({ records: true }),
    changed,
  })
  const calls = createCalls({ store, clock, outbox, deliveries, offline, crm, notifications, records, switches, changed })
  const clicks = createClicks({ store, clock, outbox, targets, crm, switches, changed })
  const traces = createTraces({ store, targets })
  const callbackForms = createCallbackForms({ store, clock, targets, changed })
  const callbackOutcomes = createCallbackOutcomes({ store, offline, notifications, publicUrl: config.publicUrl, changed })
  const callbackRequests = createCallbackRequests({
    store,
    clock,
    outbox,
    targets,
    crm,
    switches,
    notifications,
    addressKey: createHmac('sha256', tokenKey).update('addresses of visitors').digest(),
    publicUrl: config.publicUrl,
    changed,
  })
  const transcripts = createTranscripts({ store, clock, changed })
  const now = (): number => clock.now()
  const present = (portalId: number, rows: readonly Row<'call'>[]) => presentCalls({ store, crm, now }, portalId, rows)
  const presentByIds = async (portalId: number, callIds: readonly string[]) => {
    const rows =
      callIds.length === 0
        ? []
        : await store.read
            .selectFrom('call')
            .selectAll()
            .where('portal_id', '=', portalId)
            .where('call_id', 'in', [...callIds])
            .execute()
    return new Map((await present(portalId, rows)).map((call) => [call.callId, call]))
  }

  const cardStatus = async (portalId: number, callId: string) => {
    const call = await calls.find(portalId, callId)
    return call ? readCardStatus(store, call) : null
  }

  // REST
  const router = new Router(clock, {
    within: (cause, work) => causes.run(cause, work),
    isStrict: (portalId) => switches.of(portalId).strictAppContext,
    ...(world.answered && { answered: world.answered }),
    limitsOf: (portalId) => limitsOf(switches.of(portalId)),
  })
  const telephony = { store, calls, recordings, crm, publicUrl: config.publicUrl, now }
  router.add(batchMethods({ router, log }))
  router.add(appMethods({ store, clock, router, registry, placements }))
  router.add(directoryMethods({ store, clock, users, notifications, changed }))
  router.add(eventMethods({ store, bindings, outbox, catalogue }))
  router.add(offlineMethods({ offline }))
  router.add(
    crmMethods({
      store,
      entities,
      lookup,
      callLists,
      activities,
      statuses,
      links: createLinks({ store, entities }),
      notes,
      switches,
      recordingFiles: (portalId, callIds) => filesOf(portalId, callIds),
    }),
  )
  router.add(callMethods(telephony))
  router.add(lineMethods({ lines, targets, store }))
  router.add(phoneMethods({ phones }))
  router.add(transcriptMethods({ transcripts }))
  router.add(voximplantMethods({ store, publicUrl: config.publicUrl }))
  const filesOf = async (portalId: number, callIds: readonly string[]) => {
    const rows =
      callIds.length === 0
        ? []
        : await store.read
            .selectFrom('recording')
            .select(['id', 'call_id'])
            .where('portal_id', '=', portalId)
            .where('call_id', 'in', [...callIds])
            .execute()
    return new Map(rows.map((row) => [row.call_id, [{ id: row.id, url: `${config.publicUrl}/v1/recordings/${row.id}` }]]))
  }

  // own API and HTTP
  const cards = { store, users, lookup, presentCalls: presentByIds }
  const routes: readonly Route[] = [
    ...sessionRoutes({ signIn, users, portals, publicUrl: config.publicUrl }),
    ...userRoutes({ users, isTarget: async (portalId, target) => (await targets.find(portalId, target)) !== null }),
    ...appRoutes({ registry, bindings }),
    ...placementRoutes({ placements, users }),
    ...frameRoutes({ frames, placements, users, cardStatus }),
    ...notificationRoutes({ notifications, users }),
    ...missedCallRoutes({ missedCalls: createMissedCalls({ store, changed }) }),
    ...handlerRoutes({
      store,
      bindings,
      outbox,
      deliveries,
      tryNow(handlerId) {
        worker.tryNow(handlerId)
        processes.tell({ tryNow: [handlerId] })
      },
      trust(handlerId) {
        worker.trust(handlerId)
        processes.tell({ trust: [handlerId] })
      },
      now,
      timeoutMs,
      changed,
    }),
    ...switchRoutes({ switches }),
    ...retentionRoutes({ rules: retentionRules, retention, archive }),
    ...profileRoutes({ catalogue }),
    ...webhookRoutes({ webhooks, users, bindings }),
    ...cardRoutes({ ...cards, entities, timeline, notes }),
    ...callListRoutes({ ...cards, callLists, statuses }),
    ...callRoutes({ store, clicks, calls, traces, transfers, now, present }),
    ...transcriptRoutes({ calls, transcripts }),
    ...telephonyRoutes({ store, targets, bindings, changed }),
    ...phoneRoutes({ phones, users }),
    ...appCheckRoutes({ appChecks }),
    ...callbackFormRoutes({ callbackForms, callbackRequests, users, publicUrl: config.publicUrl }),
    ...deliveryRoutes({ store, bindings, replays, wake: () => worker.wake() }),
  ]
  const idempotency = createIdempotency({ store, clock })
  const server = await createServer({
    idempotency,
    metrics,
    config,
    clock,
    log,
    router,
    callers,
    oauth,
    signIn,
    routes,
    live,
    onUpload: (upload) => takeUpload(recordings, upload),
    phoneSocket: { socketOf: phones.socketOf, blockedAddress: judgeAddress },
    isFramed: (origin) => frames.isFramed(origin),
    // a portal that cannot write cannot take a click
    unreadyReason: () =>
      store
        .transaction((tx) => tx.write(store.build.updateTable('portal').set((eb) => ({ title: eb.ref('title') }))))
        .then(
          () => null,
          (error: Error) => error.message,
        ),
    ...(world.webFolder !== undefined && { webFolder: world.webFolder }),
    extend(http) {
      serveRecordings(http, { recordings, signIn, publicUrl: config.publicUrl, log })
      serveCallbackForms(http, { callbackForms, callbackRequests, publicUrl: config.publicUrl, log })
    },
  })

  const stops: Array<() => void> = []
  const every = (periodMs: number, run: () => Promise<unknown>): void => {
    let cancel = clock.at(clock.now() + periodMs, function again() {
      run().catch((error: unknown) => log.error({ err: error }, 'periodic work failed'))
      cancel = clock.at(clock.now() + periodMs, again)
    })
    stops.push(() => cancel())
  }

  /** Recovers what a dead process left, starts the delivery loop. */
  const takeOver = async (): Promise<void> => {
    await recordings.clearLeftovers(engine.isShared ? leftoverQuietMs : 0)
    await health.forget(engine.isShared ? clock.now() - graceMs : null)
    await deliveries.recover({ all: !engine.isShared })
    await records.recover({ all: !engine.isShared })
    processes.listen(
      (news) => {
        for (const callId of news.proven ?? []) worker.proven(callId)
        for (const handlerId of news.trust ?? []) worker.trust(handlerId)
        for (const handlerId of news.tryNow ?? []) worker.tryNow(handlerId)
        if (news.deliveries) worker.wake()
        if (news.installs) installs.wake()
        if (news.records) records.sweep().catch((error: unknown) => log.error({ err: error }, 'records could not be looked for'))
      },
      () => worker.wake(),
    )
    worker.wake()
  }

  /** The slow looks for what nobody told, and for what processes that died have left. */
  const keepSending = (): void => {
    every(hourMs, () => retention.runIfDue())
    every(silenceSweepMs, () => calls.closeSilent())
    every(offlineSweepMs, async () => {
      for (const { portalId, callId } of await offline.sweep())
        if (requestIdOf(callId) === null) await calls.closeUnfetched(portalId, callId)
        else await callbackOutcomes.closeUnfetched(callId)
    })
    every(reminderMs, () => signals.remind())
    every(recordSweepMs, () => records.sweep())
    every(oldRowSweepMs, () => oldRows.sweep())
    oldRows.sweep().catch((error: unknown) => log.error({ err: error }, 'old rows could not be removed'))
    every(recoverySweepMs, async () => {
      if ((store.heardForMs ?? 0) < graceMs) return
      await deliveries.recover({ all: false, held: worker.held() })
      worker.wake()
    })
    if (!engine.isShared) return
    every(deadSweepMs, async () => {
      const dead = await deadProcesses.find()
      if (dead.length === 0) return
      log.warn({ processes: dead }, 'a process died; its deliveries are taken over')
      await deliveries.recover({ all: false, dead, held: worker.held() })
      worker.wake()
    })
    every(renewMs, () => order.renew(worker.held()))
    every(installSweepMs, async () => installs.wake())
  }

  return {
    /** a new account was made for a new database */
    isNew,
    migrations,
    config,
    clock,
    store,
    portals,
    users,
    notifications,
    entities,
    callLists,
    registry,
    webhooks,
    bindings,
    outbox,
    targets,
    clicks,
    callbackForms,
    calls,
    deliveries,
    offline,
    switches,
    oldRows,
    worker,
    retention,
    archive,
    router,
    routes,
    server,

    /** Recovers what a dead process left, starts the delivery loop, opens the listeners. */
    async start() {
      if (!engine.isShared) {
        await rm(join(config.dataDir, 'tmp'), { recursive: true, force: true })
      }
      if (isSending) await takeOver()
      const listening = await server.listen()
      if (isSending) await installs.start()
      every(hourMs, () => idempotency.sweep())
      if (isSending) keepSending()
      return listening
    },

    /** Closes a portal that was not started. */
    async close() {
      sharedClock?.stop()
      await retention.close()
      metrics.close()
      await sender.close()
      records.close()
      await recordings.close()
      await store.close()
    },

    /** Stops taking requests, lets what is under way end, closes the database. */
    async stop() {
      for (const stop of stops) stop()
      signals.close()
      await server.close()
      await retention.close()
      await installs.stop()
      await slowPages.stop()
      await worker.close()
      // what it gave back is taken up at once
      processes.tell({ deliveries: true })
      await processes.close()
      sharedClock?.stop()
      metrics.close()
      await health.close()
      await sender.close()
      records.close()
      await recordings.close()
      await records.settled()
      await store.close()
    },
  }
}

/** A running or startable portal. */
export type Portal = Awaited<ReturnType<typeof createPortal>>

function postForm(sender: ReturnType<typeof createSender>) {
  return async ({ url, body }: { readonly url: string; readonly body: string }): Promise<{ readonly problem: string | null }> => {
    const headers = { 'user-agent': 'Bitrix24 Webhook Engine', 'content-type': 'application/x-www-form-urlencoded' }
    const { ending } = await sender.send({ url, headers, body })
    if (ending.kind !== 'answered') return { problem: ending.error }
    return { problem: ending.status >= 200 && ending.status < 300 ? null : `answered ${ending.status}` }
  }
}
