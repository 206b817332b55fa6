import { mkdtemp, readFile, rm, stat, writeFile, mkdir } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { hashPassword } from '../directory/sign-in.ts'
import { createLog } from '../log.ts'
import { createPortal } from '../portal.ts'
import { loadTls } from './tls.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookswitch-tls-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function freePort(): Promise<number> {
  const server = createNetServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function askHttps({
  port,
  path,
  ca,
  servername,
  headers = {},
  method = 'GET',
  body,
}: {
  port: number
  path: string
  ca: string
  servername?: string
  headers?: Record<string, string>
  method?: string
  body?: string
}): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      { host: '127.0.0.1', port, path, method, ca, headers, agent: false, ...(servername && { servername }) },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

describe('a portal that serves TLS', () => {
  it('speaks https that its own authority vouches for, beside http, with Secure cookies', async () => {
    const [port, httpsPort] = [await freePort(), await freePort()]
    const config = loadConfig({ env: {}, dataDir: folder, overrides: { port, httpsPort, tls: 'local' } })
    const portal = await createPortal(config, { log: createLog('silent'), webFolder: join(folder, 'none') })
    try {
      const account = (await portal.portals.first())!
      await portal.users.create(account.id, { email: 'a@example.com', passwordHash: await hashPassword('correct horse'), isAdmin: true })
      const { advice } = await portal.start()
      expect(advice.join('\n')).toContain('NODE_EXTRA_CA_CERTS')
      const ca = await readFile(join(folder, 'tls', 'ca.crt'), 'utf8')
      for (const servername of [undefined, 'localhost']) {
        expect((await askHttps({ port: httpsPort, path: '/healthz', ca, ...(servername && { servername }) })).status).toBe(200)
      }
      await expect(askHttps({ port: httpsPort, path: '/healthz', ca: '' })).rejects.toThrow(/certificate/)
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
      const signedIn = await askHttps({
        port: httpsPort,
        path: '/v1/session',
        ca,
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: `https://127.0.0.1:${httpsPort}` },
        body: JSON.stringify({ email: 'a@example.com', password: 'correct horse' }),
      })
      expect(signedIn.status).toBe(200)
      expect(String(signedIn.headers['set-cookie'])).toContain('; Secure')
      expect((JSON.parse(signedIn.text) as { portal: unknown }).portal).toMatchObject({ publicUrl: `https://127.0.0.1:${httpsPort}` })
    } finally {
      await portal.stop()
    }
  })

  it('believes X-Forwarded-* of proxies that it was told to trust, and of nobody else', async () => {
    for (const trusted of [[], ['loopback']]) {
      const port = await freePort()
      const dataDir = join(folder, `proxy-${trusted.length}`)
      const config = loadConfig({
        env: {},
        dataDir,
        overrides: { port, trustedProxies: trusted, publicUrl: 'https://crm.example.com', rest: { requireHttps: true } },
      })
      const portal = await createPortal(config, { log: createLog('silent'), webFolder: join(folder, 'none') })
      try {
        await portal.start()
        const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'crm.example.com' }
        const rest = (await (await fetch(`http://127.0.0.1:${port}/rest/1/x/profile`, { headers })).json()) as { error_description: string }
        expect(rest.error_description).toBe(trusted.length > 0 ? 'Wrong authorization data' : 'Https required')
        const origin = {
          origin: 'https://other.example.com',
          'content-type': 'application/json',
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'other.example.com',
        }
        const status = (
          await fetch(`http://127.0.0.1:${port}/v1/session`, {
            method: 'POST',
            headers: origin,
            body: '{"email":"x@y.example","password":"z"}',
          })
        ).status
        expect(status).toBe(trusted.length > 0 ? 401 : 403)
      } finally {
        await portal.stop()
      }
    }
  })
})

describe('a local certificate', () => {
  const load = (now: number, publicUrl = 'https://127.0.0.1:1') =>
    loadTls({ tls: 'local', dataDir: folder, publicUrl, clock: { ...systemClock, now: () => now } })

  it('is kept while it is good, and renewed by the same authority before it ends', async () => {
    const now = Date.now()
    const first = await load(now)
    expect((await load(now + 300 * 86_400_000)).cert).toBe(first.cert)
    const ca = await readFile(first.caFile!, 'utf8')
    const renewed = await load(now + 380 * 86_400_000)
    expect(renewed.cert).not.toBe(first.cert)
    expect(await readFile(renewed.caFile!, 'utf8')).toBe(ca)
    expect((await stat(join(folder, 'tls', 'ca.key'))).mode & 0o077).toBe(0)
    expect((await stat(join(folder, 'tls', 'server.key'))).mode & 0o077).toBe(0)
  })

  it('is made anew when the public name changes', async () => {
    const first = await load(Date.now())
    expect((await load(Date.now(), 'https://crm.example.com')).cert).not.toBe(first.cert)
  })

  it('that was given and cannot be read stops the start by naming the setting', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'c.pem'), 'x')
    const wrong = loadTls({
      tls: { certFile: join(folder, 'c.pem'), keyFile: join(folder, 'none.pem') },
      dataDir: folder,
      publicUrl: 'https://x',
      clock: systemClock,
    })
    await expect(wrong).rejects.toThrow('tls.keyFile')
  })
})
