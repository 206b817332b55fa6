/** The connections to handlers: https with good and bad certificates, and what is left of a connection whose answer did not come. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, Server as TlsServer, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../portal/src/clock.ts'
import { createSender } from '../../portal/src/delivery/send.ts'
import { loadTls, type TlsFiles } from '../../portal/src/http/tls.ts'

const dayMs = 86_400_000
let folder: string
let good: TlsFiles
let expired: TlsFiles
let stranger: TlsFiles

async function certificates(name: string, { agoMs = 0, publicUrl = 'https://127.0.0.1' } = {}): Promise<TlsFiles> {
  const clock = { ...systemClock, now: () => Date.now() - agoMs }
  return loadTls({ tls: 'local', dataDir: join(folder, name), publicUrl, clock })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookswitch-connections-'))
  // one authority each: that of `good` and `expired` is trusted
  good = await certificates('good')
  expired = await certificates('expired', { agoMs: 500 * dayMs })
  stranger = await certificates('stranger')
  const trusted = await Promise.all([good, expired].map(({ caFile }) => readFile(caFile!, 'utf8')))
  setDefaultCACertificates([...getCACertificates('default'), ...trusted])
})

afterAll(async () => {
  setDefaultCACertificates(getCACertificates('bundled'))
  await rm(folder, { recursive: true, force: true })
})

async function listen(server: Server): Promise<string> {
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function post(url: string, settings: { totalMs?: number } = {}) {
  const sender = createSender({
    clock: systemClock,
    allowPrivate: 'loopback',
    resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    ...settings,
  })
  onTestFinished(() => sender.close())
  const send = () => sender.send({ url, headers: { 'content-type': 'text/plain' }, body: 'event=X' })
  return { first: send(), again: send }
}

const connectionIsFree = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe('https', () => {
  test('with a trusted certificate is one connection for several requests; its handshake is measured once', async () => {
    const at = await listen(createHttpsServer({ cert: good.cert, key: good.key }, (_, response) => void response.end('ok')))
    const { first, again } = post(`https://${at}/`)
    const sent = await first
    expect(sent).toMatchObject({ ending: { kind: 'answered', status: 200 }, responseBody: 'ok', reused: false })
    expect(sent.tlsMs).toBeGreaterThan(0)
    expect(sent.connectMs).toBeGreaterThanOrEqual(sent.tlsMs!)
    await connectionIsFree()
    expect(await again()).toMatchObject({ ending: { kind: 'answered', status: 200 }, reused: true, tlsMs: null })
  })

  test.each([
    ['by an authority that nobody trusts', () => stranger, '127.0.0.1', /certificate/],
    ['that has expired', () => expired, '127.0.0.1', /expired/],
    ['for another host', () => good, 'handler.example', /handler\.example/],
  ] as const)('with a certificate %s is a dial that was not sent, in words', async (_, files, host, words) => {
    let hits = 0
    const { cert, key } = files()
    const at = await listen(createHttpsServer({ cert, key }, (__, response) => void (hits++, response.end())))
    const { ending } = await post(`https://${at.replace('127.0.0.1', host)}/`).first
    expect(ending).toMatchObject({ kind: 'not_sent', reason: 'tls', error: expect.stringMatching(words) })
    expect(hits).toBe(0)
  })
})

describe('a request that was not answered in time', () => {
  /** how the connection ends, as its other side sees it */
  const endOf = (server: Server): Promise<string> =>
    new Promise((resolve) => {
      const watch = (socket: Socket): void => {
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
        socket.once('end', () => resolve('end'))
      }
      server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', watch)
    })

  test.each(['http', 'https'])('leaves nothing on its way: its %s connection is reset', async (scheme) => {
    const server = scheme === 'http' ? createHttpServer(() => {}) : createHttpsServer({ cert: good.cert, key: good.key }, () => {})
    const ended = endOf(server)
    const at = await listen(server)
    const { ending } = await post(`${scheme}://${at}/`, { totalMs: 300 }).first
    expect(ending).toMatchObject({ kind: 'silent', reason: 'timeout' })
    expect(await ended).toBe('ECONNRESET')
  })
})
