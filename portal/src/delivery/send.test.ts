import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { createSender, type Sender } from './send.ts'

let closing: Array<() => Promise<unknown> | void> = []
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
})

function listening(server: Server | ReturnType<typeof createTcp>): Promise<string> {
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)),
  )
}

function sender(settings: Partial<Parameters<typeof createSender>[0]> = {}): Sender {
  const made = createSender({ clock: systemClock, allowPrivate: 'loopback', ...settings })
  closing.push(() => made.close())
  return made
}

const answering = (listener: RequestListener): Promise<string> => listening(createServer(listener))
const post = (url: string, by = sender()) =>
  by.send({ url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'event=X' })

test('the body arrives as it is, and the phases of the attempt are measured', async () => {
  let got = ''
  const url = await answering((request, response) => {
    request.on('data', (chunk) => (got += String(chunk)))
    request.on('end', () => response.setHeader('hookswitch-dedupe', 'externalCall.1').end('ok'))
  })
  const sent = await post(url)
  expect(got).toBe('event=X')
  expect(sent).toMatchObject({ ending: { kind: 'answered', status: 200, refusal: null }, responseBody: 'ok', dedupe: 'externalCall.1' })
  expect(sent.connectMs).toBeGreaterThan(0)
  expect(sent.firstByteMs).toBeGreaterThanOrEqual(sent.connectMs!)
})

test('a closed port is a dial that was not sent', async () => {
  const url = await answering(() => {})
  const [close] = closing.splice(-1)
  await close!()
  expect((await post(url)).ending).toMatchObject({ kind: 'not_sent', reason: 'connect' })
})

test('a name that does not exist is a dial that was not sent', async () => {
  expect((await post('http://nothing.invalid/')).ending).toMatchObject({ kind: 'not_sent', reason: 'dns' })
})

test('a TLS handshake with a server that has none is a dial that was not sent', async () => {
  const url = await answering((_, response) => response.end())
  expect((await post(url.replace('http:', 'https:'))).ending).toMatchObject({ kind: 'not_sent', reason: 'tls' })
})

test('a blocked address is not connected to', async () => {
  const url = await answering((_, response) => response.end())
  expect((await post(url, sender({ allowPrivate: 'none' }))).ending).toMatchObject({ kind: 'not_sent', reason: 'ssrf_blocked' })
  expect((await post(url.replace('127.0.0.1', 'localhost'), sender({ allowPrivate: 'none' }))).ending).toMatchObject({
    kind: 'not_sent',
    reason: 'ssrf_blocked',
  })
})

test('silence after the request was written is ambiguous', async () => {
  const url = await answering(() => {})
  expect((await post(url, sender({ totalMs: 150 }))).ending).toMatchObject({ kind: 'silent', reason: 'timeout' })
})

test('a connection that is lost after the request was written is ambiguous', async () => {
  const url = await answering((request) => request.socket.destroy())
  expect((await post(url)).ending).toMatchObject({ kind: 'silent', reason: 'connection_lost' })
})

test('a server that takes the connection and never speaks TLS is a dial that was not sent', async () => {
  const url = await listening(createTcp(() => {}))
  const sent = await post(url.replace('http:', 'https:'), sender({ connectMs: 150, totalMs: 2000 }))
  expect(sent.ending.kind).toBe('not_sent')
})

test('redirects are not followed', async () => {
  let hits = 0
  const url = await answering((_, response) => {
    hits++
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect((await post(url)).ending).toMatchObject({ kind: 'answered', status: 302 })
  expect(hits).toBe(1)
})

test('an answer without an end is cut off and counts by its status', async () => {
  const url = await answering((_, response) => {
    response.writeHead(200)
    const flood = setInterval(() => response.write('x'.repeat(1000)), 1)
    response.on('close', () => clearInterval(flood))
  })
  const sent = await post(url)
  expect(sent.ending).toMatchObject({ kind: 'answered', status: 200 })
  expect(sent.responseBody).toHaveLength(4096)
})

test('an answer whose body hangs counts by its status when the time is over', async () => {
  const url = await answering((_, response) => void response.writeHead(200).write('half'))
  expect(await post(url, sender({ totalMs: 150 }))).toMatchObject({ ending: { kind: 'answered', status: 200 }, responseBody: 'half' })
})
