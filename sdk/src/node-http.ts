import type { IncomingMessage, RequestListener } from 'node:http'
import type { Receiver } from './handler.ts'

/** An event is a few kilobytes; a portal may send up to this. */
const MAX_BODY_BYTES = 2 * 1024 * 1024

/** Serves a handler or an install receiver with node:http: `createServer(nodeListener(handler))`. POST only, bodies up to 2 MiB. */
export function nodeListener(receiver: Receiver, onError: (error: unknown) => void = () => {}): RequestListener {
  return (request, response) => {
    const end = (status: number, headers: Readonly<Record<string, string>> = {}, body = '') => response.writeHead(status, headers).end(body)
    if (request.method !== 'POST') return void end(405, { allow: 'POST' })
    readBody(request)
      .then(async (body) => {
        if (body === undefined) return end(413, { connection: 'close' })
        const reply = await receiver.receive({ headers: request.headers, body })
        return end(reply.status, reply.headers, reply.body)
      })
      .catch((error: unknown) => {
        onError(error)
        if (!response.headersSent) end(500)
      })
  }
}

/** The whole body as UTF-8 text, or `undefined` when it is longer than allowed. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  // Told by its length it is answered in words; only a body that hides its length costs the connection.
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
