import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { loadConfig } from '../config.ts'
import { PortalError } from '../errors.ts'
import { createLog } from '../log.ts'
import { Router } from '../rest/router.ts'
import { createServer, type PortalServer } from './server.ts'

let folder: string
let base: string
let server: PortalServer
let uploads: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookswitch-files-'))
  const web = join(folder, 'web')
  await mkdir(join(web, 'assets'), { recursive: true })
  await writeFile(join(web, 'index.html'), '<title>web</title>')
  await writeFile(join(web, 'icon.svg'), '<svg/>')
  await writeFile(join(web, 'assets', 'main-1a2b.js'), 'export {}')
  const probe = createNetServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  base = `http://127.0.0.1:${port}`
  const refuse = (): never => {
    throw new PortalError('invalid_token')
  }
  server = await createServer({
    config: loadConfig({ env: {}, dataDir: folder, overrides: { port, recordings: { maxBytes: 10_000 } } }),
    clock: systemClock,
    log: createLog('silent'),
    router: new Router(systemClock),
    callers: { ofToken: async () => refuse(), ofWebhook: async () => refuse() },
    oauth: {} as never,
    signIn: { userOf: async () => null } as never,
    routes: [
      { method: 'GET', path: '/file', about: 'a stream', access: 'public', answers: { 200: null }, run: () => Readable.from(['abc']) },
      {
        method: 'GET',
        path: '/bug',
        about: 'a bug',
        access: 'public',
        answers: { 200: null },
        run: () => Promise.reject(new Error('secret detail')),
      },
    ],
    live: { changed() {}, open() {}, close() {} },
    metrics: { ended() {}, scrape: async () => ({ type: 'text/plain', text: '' }), close() {} },
    idempotency: { once: (_, run) => run(), sweep: async () => {} },
    async onUpload({ token, file }) {
      if (token !== 'good|1') throw new PortalError('upload_not_served')
      const { path, bytes, filename, mime } = await file()
      uploads.push(await readFile(path, 'utf8'))
      return { FILE_ID: bytes, filename, mime }
    },
    isFramed: async (origin) => origin === 'https://app.example',
    unreadyReason: async () => 'the database is away',
    webFolder: web,
  })
  await server.listen()
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the web', () => {
  it('keeps hashed files for ever, and its page never', async () => {
    expect((await fetch(`${base}/assets/main-1a2b.js`)).headers.get('cache-control')).toContain('immutable')
    const page = await fetch(`${base}/contacts/5`)
    expect([page.status, page.headers.get('cache-control'), await page.text()]).toEqual([200, 'no-cache', '<title>web</title>'])
    expect(page.headers.get('content-security-policy')).toContain("frame-src 'self';")
    expect((await fetch(`${base}/icon.svg`)).status).toBe(200)
    expect((await fetch(`${base}/index.html`)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  it('frames apps through an empty page that names the one origin, and no others', async () => {
    const ask = (origin: string) => fetch(`${base}/v1/frame-page?origin=${encodeURIComponent(origin)}`)
    const page = await ask('https://app.example')
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      200,
      'text/html; charset=UTF-8',
      '<!doctype html><title>Hookswitch</title>',
    ])
    const policy = page.headers.get('content-security-policy')!
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'self'",
      'frame-src https://app.example;',
      'form-action https://app.example',
    ])
      expect(policy).toContain(part)
    for (const origin of ['https://other.example', 'javascript:alert(1)', "https://app.example; script-src 'unsafe-inline'", '*', ''])
      expect([origin, (await ask(origin)).status]).toEqual([origin, 404])
    expect((await fetch(`${base}/v1/frame-page`)).status).toBe(404)
  })

  it('has no pages where files, methods or rows are looked for', async () => {
    for (const path of ['/assets/none.js', '/v1/none', '/none.png', '/../../etc/passwd.txt']) {
      const response = await fetch(base + path)
      expect([path, response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([path, 404, 'application/problem+json'])
    }
    expect((await fetch(`${base}/contacts`, { method: 'POST' })).status).toBe(404)
  })

  it('tells why it cannot work yet', async () => {
    const response = await fetch(`${base}/readyz`)
    expect([response.status, await response.text()]).toEqual([503, 'the database is away\n'])
  })

  it('hides the cause of a bug and names where it stands', async () => {
    const response = await fetch(`${base}/v1/bug`)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toContain('secret detail')
    expect(text).toMatch(/under \w+/)
  })
})

describe('an upload address', () => {
  const address = (token: string): string => `${base}/rest/upload.json?auth=a&token=${encodeURIComponent(token)}`
  const send = async (token: string, bytes: number): Promise<Response> => {
    const form = new FormData()
    form.set('other', 'x')
    form.set('file', new Blob(['a'.repeat(bytes)], { type: 'audio/mpeg' }), 'call.mp3')
    return fetch(address(token), { method: 'POST', body: form })
  }
  const left = async (): Promise<string[]> => readdir(join(folder, 'tmp')).catch(() => [])

  it('takes a multipart file or a raw body, once its token was looked at', async () => {
    uploads = []
    const answer = (await (await send('good|1', 5)).json()) as { result: unknown; time: unknown }
    expect(answer.result).toEqual({ FILE_ID: 5, filename: 'call.mp3', mime: 'audio/mpeg' })
    expect(answer.time).toHaveProperty('operating')
    const raw = (await (
      await fetch(address('good|1'), { method: 'POST', body: 'raw', headers: { 'content-type': 'audio/wav' } })
    ).json()) as { result: unknown }
    expect(raw.result).toEqual({ FILE_ID: 3, filename: '', mime: 'audio/wav' })
    expect(uploads).toEqual(['aaaaa', 'raw'])
    expect(await left()).toEqual([])
  })

  it('refuses strangers, files past the limit and bodies without a file, and keeps nothing', async () => {
    expect((await send('bad', 5)).status).toBe(404)
    const large = await send('good|1', 20_000)
    expect([large.status, ((await large.json()) as { error_description: string }).error_description]).toEqual([
      413,
      expect.stringContaining('recordings.maxBytes'),
    ])
    const form = new FormData()
    form.set('note', 'no file')
    expect((await fetch(address('good|1'), { method: 'POST', body: form })).status).toBe(400)
    expect((await fetch(address('good|1'))).status).toBe(404)
    expect(await left()).toEqual([])
  })

  it('keeps nothing of a body that is cut off', async () => {
    uploads = []
    await new Promise<void>((resolve) => {
      const cut = request(address('good|1'), { method: 'POST', headers: { 'content-type': 'audio/wav', 'content-length': '5000' } })
      cut.on('error', () => resolve())
      cut.write('part')
      setTimeout(() => cut.destroy(), 100)
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(uploads).toEqual([])
    expect(await left()).toEqual([])
  })
})
