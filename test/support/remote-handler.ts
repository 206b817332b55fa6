/** A handler as a process: says its port, then each request that it gets, as lines of JSON. Arguments: address, milliseconds until it answers. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const [, , address, answerMs] = process.argv
const say = (what: unknown): void => void process.stdout.write(`${JSON.stringify(what)}\n`)
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    say({ at: Date.now(), body })
    setTimeout(() => response.end(), Number(answerMs))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, address, () => say({ port: (server.address() as AddressInfo).port }))
