import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
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

/** undici uses a connection again one turn of the loop after the answer */
const connectionIsFree = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
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

describe('interim answers', () => {
  /** a server that writes these parts, one after the other, for every request that it got */
  const writing = (...parts: readonly string[]): Promise<string> =>
    listening(
      createTcp((socket) => {
        socket.on('error', () => {})
        socket.on('data', () => {
          const next = (index: number): void => {
            const part = parts[index]
            if (part !== undefined) socket.write(part, () => setImmediate(() => next(index + 1)))
          }
          next(0)
        })
      }),
    )
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

  test.each([
    ['100 Continue at once', ['HTTP/1.1 100 Continue\r\n\r\n', answer]],
    ['100 Continue in the same packet', [`HTTP/1.1 100 Continue\r\n\r\n${answer}`]],
    ['several, in pieces', ['HTTP/1.1 1', '00 Continue\r\nx: 1\r\n', '\r\nHTTP/1.1 100 Again\r\n\r\nHT', answer.slice(2)]],
    ['103 Early Hints', ['HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', answer]],
    ['102 and 100', ['HTTP/1.1 102 Processing\r\n\r\n', answer]],
  ])('%s: what counts is the answer', async (_, parts) => {
    const url = await writing(...parts)
    const by = sender()
    for (const reused of [false, true]) {
      const sent = await post(url, by)
      expect(sent).toMatchObject({ ending: { kind: 'answered', status: 200 }, responseBody: 'ok', reused })
      await connectionIsFree()
    }
  })

  test('alone are silence: a dial that may have arrived', async () => {
    for (const interim of ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\n\r\n']) {
      expect((await post(await writing(interim), sender({ totalMs: 150 }))).ending).toEqual({
        kind: 'silent',
        reason: 'timeout',
        error: 'no answer within 150 ms',
      })
    }
  })
})

describe('a name whose addresses change', () => {
  test('is judged for every connection, on the address that is connected to', async () => {
    const url = await answering((_, response) => response.setHeader('connection', 'close').end())
    const answers = ['93.184.216.34', '127.0.0.1']
    let asked = 0
    const by = sender({
      allowPrivate: 'none',
      resolve: (_, callback) => callback(null, [{ address: answers[Math.min(asked++, 1)]!, family: 4 }]),
      connectMs: 200,
    })
    const named = url.replace('127.0.0.1', 'handler.example')
    // the first answer of the DNS is a public address where nobody is reached from here; the second one would be this very server
    expect((await post(named, by)).ending).toMatchObject({ kind: 'not_sent', reason: 'connect' })
    expect((await post(named, by)).ending).toMatchObject({ kind: 'not_sent', reason: 'ssrf_blocked' })
    expect(asked).toBe(2)
  })

  test('is connected to where the one answer that was checked says: the DNS is asked once', async () => {
    let hits = 0
    const url = await answering((_, response) => {
      hits++
      response.end()
    })
    const answers = ['127.0.0.1', '169.254.169.254']
    let asked = 0
    const by = sender({ resolve: (_, callback) => callback(null, [{ address: answers[asked++] ?? '', family: 4 }]) })
    const sent = await post(url.replace('127.0.0.1', 'handler.example'), by)
    expect([sent.ending.kind, hits, asked]).toEqual(['answered', 1, 1])
  })

  test('with one allowed address among forbidden ones is connected to at that one', async () => {
    const url = await answering((_, response) => response.end())
    const by = sender({
      resolve: (_, callback) =>
        callback(null, [
          { address: '10.0.0.1', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    })
    expect((await post(url.replace('127.0.0.1', 'handler.example'), by)).ending).toMatchObject({ kind: 'answered' })
  })
})

test('the phases are those of this attempt: the name is asked for the first time, nothing on the same connection', async () => {
  const plain = await answering((_, response) => response.end())
  const by = sender()
  const named = plain.replace('127.0.0.1', 'localhost')
  const first = await post(named, by)
  expect(first.dnsMs).toBeGreaterThan(0)
  expect([first.tlsMs, first.reused]).toEqual([null, false])
  await connectionIsFree()
  expect(await post(named, by)).toMatchObject({ dnsMs: null, tlsMs: null, reused: true })
})
