/**
 * The shipped portal as the bench starts it: a process of its own, people signed in, an app installed, its handler bound. Its orders are in OURS
 * (JSON of OurOrders); says `{ people }` over IPC when it is ready.
 */
import { loadConfig } from '../../portal/src/config.ts'
import { hashPassword } from '../../portal/src/directory/sign-in.ts'
import { createPortal, type Portal } from '../../portal/src/portal.ts'
import type { Engine } from '../../portal/src/store/engine.ts'

/** What to start. */
export interface OurOrders {
  readonly dataDir: string
  readonly port: number
  /** null: SQLite in `dataDir` */
  readonly databaseUrl: string | null
  /** once all is set up, units of the group commit are acknowledged without being written */
  readonly isLimit: boolean
  readonly people: number
  /** addresses of the handlers; each is that of an app of its own, and the people are spread over the apps */
  readonly handlers: readonly string[]
  /** another process has set the portal up: only serve */
  readonly joins: boolean
}

type Headers = Readonly<Record<string, string>>

const orders = JSON.parse(process.env['OURS'] ?? '{}') as OurOrders
const origin = `http://127.0.0.1:${orders.port}`
const password = 'correct horse battery'
let acknowledgesAtOnce = false

/** The engine of row (f): everything but the writing. */
function limited(engine: Engine): Engine {
  return { ...engine, commit: (...unit) => (acknowledgesAtOnce ? Promise.resolve() : engine.commit(...unit)) }
}

async function api(
  person: Headers,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const answer = await fetch(`${origin}/v1${path}`, {
    method,
    headers: { origin, ...person, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: text === '' ? null : (JSON.parse(text) as unknown) }
}

async function addPeople(portal: Portal, portalId: number): Promise<Headers[]> {
  const passwordHash = await hashPassword(password)
  const people: Headers[] = []
  for (let i = 0; i < orders.people; i += 1) {
    const email = `p${i}@example.com`
    await portal.users.create(portalId, { name: `Person ${i}`, email, passwordHash, isAdmin: i === 0, extension: String(100 + i) })
    const opened = await api({}, 'POST', '/session', { email, password })
    people.push({ origin, cookie: opened.headers['set-cookie']!.split(';')[0]! })
  }
  return people
}

async function addApp(
  portal: Portal,
  { portalId, admin, title, url }: { portalId: number; admin: Headers; title: string; url: string },
): Promise<number> {
  const scope = ['telephony', 'crm']
  const added = await api(admin, 'POST', '/apps', {
    title,
    kind: 'ui',
    url: 'http://127.0.0.1:9/app',
    installUrl: 'http://127.0.0.1:9/install',
    scope,
  })
  const appId = (added.body as { app: { id: number } }).app.id
  await api(admin, 'POST', `/apps/${appId}/install-finish`)
  const caller = { portalId, userId: 1, isAdmin: true, via: 'app' as const, appId, scope: new Set(scope) }
  await portal.router.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: url }, caller)
  return appId
}

async function setUp(portal: Portal): Promise<Headers[]> {
  const portalId = (await portal.portals.first())!.id
  const people = await addPeople(portal, portalId)
  const admin = people[0]!
  const appIds: number[] = []
  for (const [index, url] of orders.handlers.entries()) appIds.push(await addApp(portal, { portalId, admin, title: `App ${index}`, url }))
  await api(admin, 'PUT', '/telephony', { portalTarget: `app:${appIds[0]!}`, allowUserTargets: true })
  if (appIds.length > 1)
    for (const [index, person] of people.entries())
      await api(person, 'PUT', '/me/target', { target: `app:${appIds[index % appIds.length]!}` })
  return people
}

const overrides = {
  port: orders.port,
  host: '127.0.0.1',
  outbound: { allowPrivate: 'loopback' },
  ...(orders.databaseUrl !== null && { databaseUrl: orders.databaseUrl }),
}
const portal = await createPortal(loadConfig({ env: {}, dataDir: orders.dataDir, overrides }), { engine: limited })
await portal.start()
const people = orders.joins ? [] : await setUp(portal)
acknowledgesAtOnce = orders.isLimit
process.send?.({ people })
process.once('SIGTERM', () => void portal.stop().then(() => process.exit(0)))
