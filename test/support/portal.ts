import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { hashPassword } from '../../portal/src/directory/sign-in.ts'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal, type Portal, type PortalWorld } from '../../portal/src/portal.ts'
import { findFreePort } from './ports.ts'
import { noteAnswer } from './proofs.ts'

/** A JSON answer with its status. */
export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any
  readonly headers: Headers
}

/** A person in a browser, as far as HTTP goes. */
export interface Person {
  readonly userId: number
  readonly cookie: string
  /** one request of the own API; `path` begins below /v1 */
  api(method: string, path: string, body?: unknown): Promise<Answer>
}

/** An app with tokens of the admin. */
export interface TestApp {
  readonly id: number
  readonly clientId: string
  readonly clientSecret: string
  accessToken: string
  refreshToken: string
  /** a REST call as JSON */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<Answer>
}

/** A whole portal in this process: real HTTP, a SQLite file or PostgreSQL. */
export interface TestPortal {
  readonly portal: Portal
  readonly url: string
  readonly portalId: number
  readonly dataDir: string
  readonly admin: Person
  /** another user with a session of their own */
  addPerson(name: string, extension: string | null, options?: { isAdmin?: boolean }): Promise<Person>
  /** a local app of kind `ui`, installed unless told otherwise, with tokens got by the code flow */
  addApp(options?: { title?: string; scope?: readonly string[]; installed?: boolean; by?: Person }): Promise<TestApp>
  /** an incoming webhook's address, ending in a slash */
  addIncomingWebhook(scope: readonly string[], by?: Person): Promise<string>
  addContact(fields: Readonly<Record<string, unknown>>): Promise<number>
  addCompany(fields: Readonly<Record<string, unknown>>): Promise<number>
  addLead(fields: Readonly<Record<string, unknown>>): Promise<number>
  stop(): Promise<void>
}

/** The password of everybody in a test portal; the sign-in name is the first name in lower case at example.com. */
export const testPassword = 'correct horse battery'

/** Makes a request and reads its JSON. */
export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  let body: unknown = text
  try {
    body = JSON.parse(text)
  } catch {
    // not JSON: the text itself
  }
  return { status: response.status, body, headers: response.headers }
}

/** Starts a portal with an admin (extension 101). With `settings.tls` it is served by https alone, and this process trusts its authority. Stop it in `afterAll`. */
export async function startPortal(
  options: { databaseUrl?: string; world?: PortalWorld; settings?: Readonly<Record<string, unknown>>; dataDir?: string } = {},
): Promise<TestPortal> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hookswitch-test-')))
  const port = await findFreePort()
  const isTls = options.settings?.['tls'] !== undefined
  const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`
  const overrides = {
    port,
    host: '127.0.0.1',
    outbound: { allowPrivate: 'loopback' },
    log: { level: 'silent' },
    ...(options.databaseUrl && { databaseUrl: options.databaseUrl }),
    ...options.settings,
  }
  const portal = await createPortal(loadConfig({ env: {}, dataDir, overrides }), { answered: noteAnswer, ...options.world })
  if (isTls) setDefaultCACertificates([...getCACertificates('default'), await readFile(join(dataDir, 'tls', 'ca.crt'), 'utf8')])
  const origin = portal.config.publicUrl
  const portalId = (await portal.portals.first())!.id
  const passwordHash = await hashPassword(testPassword)

  const signIn = async (userId: number, email: string): Promise<Person> => {
    const opened = await fetch(`${url}/v1/session`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: testPassword }),
    })
    const cookie = opened.headers.get('set-cookie')?.split(';')[0]
    if (!cookie) throw new Error(`nobody is signed in: ${await opened.text()}`)
    return {
      userId,
      cookie,
      api: (method, path, body) =>
        request(`${url}/v1${path}`, {
          method,
          headers: { cookie, origin, ...(body !== undefined && { 'content-type': 'application/json' }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
    }
  }
  const addPerson: TestPortal['addPerson'] = async (name, extension, { isAdmin = false } = {}) => {
    const email = `${name.toLowerCase()}@example.com`
    const user = await portal.users.create(portalId, { name, email, passwordHash, isAdmin, extension })
    return signIn(user.id, email)
  }

  await portal.start()
  const admin = await addPerson('Admin', '101', { isAdmin: true })

  const addApp: TestPortal['addApp'] = async ({
    title = 'Test app',
    scope = ['telephony', 'crm', 'user'],
    installed = true,
    by = admin,
  } = {}) => {
    const added = await admin.api('POST', '/apps', {
      title,
      kind: 'ui',
      url: 'http://127.0.0.1:9/app',
      installUrl: 'http://127.0.0.1:9/install',
      scope,
    })
    if (added.status !== 201) throw new Error(`the app was not added: ${JSON.stringify(added.body)}`)
    const { app, clientSecret } = added.body as { app: { id: number; clientId: string }; clientSecret: string }
    if (installed) await admin.api('POST', `/apps/${app.id}/install-finish`)
    const code = await authorize(url, app.clientId, installed ? by : admin)
    const tokens = code
      ? (
          await request(
            `${url}/oauth/token/?grant_type=authorization_code&client_id=${app.clientId}&client_secret=${clientSecret}&code=${code}`,
          )
        ).body
      : await frameTokens(admin, app.id)
    const self: TestApp = {
      id: app.id,
      clientId: app.clientId,
      clientSecret,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      call: (method, params = {}) =>
        request(`${url}/rest/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...params, auth: self.accessToken }),
        }),
    }
    return self
  }

  const addEntity = (method: string) => async (fields: Readonly<Record<string, unknown>>) => {
    const answer = await request(`${await webhook()}${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fields }),
    })
    if (typeof answer.body.result !== 'number') throw new Error(`${method}: ${JSON.stringify(answer.body)}`)
    return answer.body.result as number
  }
  let crmWebhook: Promise<string> | null = null
  const addIncomingWebhook: TestPortal['addIncomingWebhook'] = async (scope, by = admin) => {
    // the own API makes webhooks of the administrator who asks for them
    if (by !== admin) return (await portal.webhooks.addIncoming({ portalId, userId: by.userId, title: 'Test', scope })).url
    const answer = await admin.api('POST', '/webhooks/incoming', { title: 'Test', scope, userId: by.userId })
    if (!answer.body.url) throw new Error(`the webhook was not added: ${JSON.stringify(answer.body)}`)
    return `${String(answer.body.url).replace(/\/+$/, '')}/`
  }
  const webhook = (): Promise<string> => (crmWebhook ??= addIncomingWebhook(['crm']))

  return {
    portal,
    url,
    portalId,
    dataDir,
    admin,
    addPerson,
    addApp,
    addIncomingWebhook,
    addContact: addEntity('crm.contact.add'),
    addCompany: addEntity('crm.company.add'),
    addLead: addEntity('crm.lead.add'),
    async stop() {
      await portal.stop()
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function authorize(url: string, clientId: string, person: Person): Promise<string | null> {
  const redirect = await fetch(`${url}/oauth/authorize/?client_id=${clientId}&state=s`, {
    headers: { cookie: person.cookie },
    redirect: 'manual',
  })
  const location = redirect.headers.get('location')
  return location ? new URL(location, url).searchParams.get('code') : null
}

/** What an app in a frame is given; the only tokens while its installation is not finished. */
async function frameTokens(person: Person, appId: number): Promise<{ access_token: string; refresh_token: string }> {
  const { body } = await person.api('POST', `/apps/${appId}/frame`, {})
  return { access_token: body.fields.AUTH_ID, refresh_token: body.fields.REFRESH_ID }
}
