import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal } from '../../portal/src/portal.ts'
import { findFreePort } from '../support/ports.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from '../support/portal.ts'
import { createTurnableClock } from '../support/turnable-clock.ts'

let house: TestPortal
let app: TestApp
let other: TestApp
let person: Person
let hook: string
const known = '+15550100200'
let files: Server
let filesUrl: string
/** paths that were asked for */
const asked: string[] = []
/** answers a path instead of the usual */
const special = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>()
const sound = Buffer.from('a sound of no more than a few bytes')
let lastNumber = 4000
const newNumber = (): string => `+1555010${++lastNumber}`

beforeAll(async () => {
  files = createServer((incoming, response) => {
    const path = incoming.url ?? ''
    asked.push(path)
    const own = special.get(path)
    if (own) return own(response, incoming)
    const status = Number(/\/status-(\d+)/.exec(path)?.[1] ?? 200)
    if (status === 302) response.setHeader('location', '/call.mp3')
    response.statusCode = status
    response.end(path.includes('large') ? Buffer.alloc(70_000, 1) : path.includes('nothing') ? '' : sound)
  })
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  house = await startPortal({ settings: { recordings: { maxBytes: 65_536 } } })
  app = await house.addApp({ title: 'PBX' })
  other = await house.addApp({ title: 'Other' })
  person = await house.addPerson('Eve', '105')
  hook = await house.addIncomingWebhook(['telephony', 'crm'])
  await house.addContact({ NAME: 'Nora', PHONE: [{ VALUE: known, VALUE_TYPE: 'WORK' }] })
})
afterAll(async () => {
  await house.stop()
  files.closeAllConnections()
  await new Promise((resolve) => files.close(resolve))
})

type Params = Readonly<Record<string, unknown>>
const byHook = (method: string, params: Params): Promise<Answer> =>
  request(hook + method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })
const newCall = async (params: Params = {}, by = app): Promise<string> =>
  (await by.call('telephony.externalCall.register', { USER_ID: person.userId, PHONE_NUMBER: newNumber(), TYPE: 1, ...params })).body.result
    .CALL_ID
const finish = (callId: string, params: Params = {}, by = app): Promise<Answer> =>
  by.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: person.userId, DURATION: 9, ...params })
const finishedCall = async (params: Params = {}, by = app): Promise<string> => {
  const callId = await newCall(params, by)
  await finish(callId, {}, by)
  return callId
}
const statistic = async (callId: string) => (await app.call('voximplant.statistic.get', { FILTER: { CALL_ID: callId } })).body.result[0]
const refused = (text: string, code = 'ERROR_CORE', status = 400) => ({ status, body: { error: code, error_description: text } })
const play = async (fileId: number): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${house.url}/v1/recordings/${fileId}`, { headers: { cookie: house.admin.cookie } })).arrayBuffer())

describe('attachRecord', () => {
  const attach = (params: Params, by = app): Promise<Answer> => by.call('telephony.externalCall.attachRecord', params)
  const notFinished = refused('Call is not found in the statistic table. Looks like it is not finished yet.')
  const content = sound.toString('base64')

  describe('inline', () => {
    test('answers the number of the file, which plays and stands in the statistics and on the activity', async () => {
      const callId = await newCall({ PHONE_NUMBER: known, EXTERNAL_CALL_ID: 'inline' })
      const { CRM_ACTIVITY_ID } = (await finish(callId)).body.result
      const { body } = await attach({ CALL_ID: callId, FILENAME: 'call.mp3', FILE_CONTENT: content })
      expect(body.result).toEqual({ FILE_ID: expect.any(Number) })
      expect(await play(body.result.FILE_ID)).toEqual(sound)
      expect(await statistic(callId)).toMatchObject({
        RECORD_FILE_ID: body.result.FILE_ID,
        CALL_RECORD_URL: expect.stringContaining(house.url),
      })
      expect((await byHook('crm.activity.get', { id: CRM_ACTIVITY_ID })).body.result.FILES).toEqual([
        { id: body.result.FILE_ID, url: expect.stringContaining(house.url) },
      ])
    })

    test('takes line breaks, missing padding, the older name of the parameter, and a form', async () => {
      const callId = await finishedCall()
      const broken = content.replace(/.{10}/g, '$&\r\n')
      for (const params of [{ FILE_CONTENT: broken }, { FILE_CONTENT: content.replace(/=+$/, '') }, { CFILE_CONTENT: content }]) {
        expect(await play((await attach({ CALL_ID: callId, FILENAME: 'a.WAV', ...params })).body.result.FILE_ID)).toEqual(sound)
      }
      const bytes = Buffer.from([0xfb, 0xef, 0xbe, 0xff, 0xff])
      // as old clients send it: + of base64 not encoded, so a form makes it a space
      const answer = await request(`${house.url}/rest/telephony.externalcall.attachrecord`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `auth=${app.accessToken}&CALL_ID=${callId}&FILENAME=a.mp3&FILE_CONTENT=${bytes.toString('base64')}`,
      })
      expect(await play(answer.body.result.FILE_ID)).toEqual(bytes)
    })

    test('a repeat replaces the earlier one', async () => {
      const callId = await finishedCall()
      const first = (await attach({ CALL_ID: callId, FILENAME: 'a.mp3', FILE_CONTENT: content })).body.result.FILE_ID
      const second = (await attach({ CALL_ID: callId, FILENAME: 'b.mp3', FILE_CONTENT: Buffer.from('other').toString('base64') })).body
        .result.FILE_ID
      expect((await statistic(callId)).RECORD_FILE_ID).toBe(second)
      expect((await play(second)).toString()).toBe('other')
      expect((await fetch(`${house.url}/v1/recordings/${first}`, { headers: { cookie: house.admin.cookie } })).status).toBe(404)
    })

    test.each([
      ['no name and no address', {}, refused('Required parameters are not set. Request should contain or URL or FILENAME parameter')],
      ['content without a name', { FILE_CONTENT: content }, refused('File name is empty')],
      [
        'an ending that is no sound',
        { FILENAME: 'call.exe', FILE_CONTENT: content },
        refused('Wrong file extension. Only wav and mp3 are allowed'),
      ],
      [
        'a name without an ending',
        { FILENAME: 'mp3', FILE_CONTENT: content },
        refused('Wrong file extension. Only wav and mp3 are allowed'),
      ],
      [
        'an ending after a NUL',
        { FILENAME: 'call.exe\u0000.mp3.php', FILE_CONTENT: content },
        refused('Wrong file extension. Only wav and mp3 are allowed'),
      ],
      ['empty content', { FILENAME: 'a.mp3', FILE_CONTENT: '' }, refused('File content is empty.')],
      [
        'content that is not base64',
        { FILENAME: 'a.mp3', FILE_CONTENT: '***' },
        refused('File content is not properly encoded. Base64 encoding is expected.'),
      ],
      [
        'base64 of a wrong length',
        { FILENAME: 'a.mp3', FILE_CONTENT: 'abcde' },
        refused('File content is not properly encoded. Base64 encoding is expected.'),
      ],
      [
        'a list for content',
        { FILENAME: 'a.mp3', FILE_CONTENT: ['a'] },
        refused('File content is not properly encoded. Base64 encoding is expected.'),
      ],
      [
        'more than the setting allows',
        { FILENAME: 'a.mp3', FILE_CONTENT: Buffer.alloc(65_537).toString('base64') },
        { status: 413, body: { error: expect.any(String), error_description: expect.stringContaining('recordings.maxBytes') } },
      ],
    ])('with %s is refused and nothing is kept', async (_, params, expected) => {
      const callId = await finishedCall()
      expect(await attach({ CALL_ID: callId, ...params })).toMatchObject(expected)
      expect((await statistic(callId)).RECORD_FILE_ID).toBeNull()
    })

    test('exactly as large as the setting allows is taken', async () => {
      expect(
        await attach({ CALL_ID: await finishedCall(), FILENAME: 'a.mp3', FILE_CONTENT: Buffer.alloc(65_536).toString('base64') }),
      ).toMatchObject({ status: 200 })
    })

    test('of a call that is open, unknown or another app’s is refused', async () => {
      const params = { FILENAME: 'a.mp3', FILE_CONTENT: content }
      expect(await attach({ CALL_ID: await newCall(), ...params })).toMatchObject(notFinished)
      expect(await attach({ CALL_ID: 'externalCall.none', ...params })).toMatchObject(notFinished)
      expect(await attach({ CALL_ID: await finishedCall(), ...params }, other)).toMatchObject(notFinished)
      expect(await attach({ CALL_ID: await finishedCall(), RECORD_URL: `${filesUrl}/call.mp3` }, other)).toMatchObject(notFinished)
      expect(await attach({ CALL_ID: await finishedCall(), FILENAME: 'a.mp3' }, other)).toMatchObject(notFinished)
    })

    test('keeps no path of the name', async () => {
      const callId = await finishedCall()
      expect(await attach({ CALL_ID: callId, FILENAME: '../../../etc/cron.d/x.mp3', FILE_CONTENT: content })).toMatchObject({ status: 200 })
      const { row } = await house.portal.store.read
        .selectFrom('recording')
        .selectAll()
        .where('call_id', '=', callId)
        .executeTakeFirstOrThrow()
        .then((row) => ({ row }))
      expect(row.filename).toBe('x.mp3')
      expect(row.path).toMatch(/^\d+\/\d{4}-\d\d\/[0-9a-f]{32}\.mp3$/)
    })
  })

  describe('by an address', () => {
    test('fetches it within the request; the name is the address’s unless given', async () => {
      const callId = await finishedCall()
      const { body } = await attach({ CALL_ID: callId, RECORD_URL: `${filesUrl}/some/call%20one.mp3?key=1` })
      expect(await play(body.result.FILE_ID)).toEqual(sound)
      const named = await attach({ CALL_ID: callId, RECORD_URL: `${filesUrl}/download?id=5`, FILENAME: 'five.wav' })
      expect(await play(named.body.result.FILE_ID)).toEqual(sound)
    })

    test.each([
      ['that answers 404', '/status-404.mp3', refused('Server returns HTTP error code 404')],
      ['that answers 500', '/status-500.mp3', refused('Server returns HTTP error code 500')],
      ['that leads elsewhere', '/status-302.mp3', refused('Server returns HTTP error code 302')],
      ['whose name is no sound', '/call.php', refused('Wrong file extension. Only wav and mp3 are allowed')],
      ['that answers nothing', '/nothing.mp3', refused('File content is empty.')],
      ['that answers too much', '/large.mp3', { status: 413, body: { error_description: expect.stringContaining('recordings.maxBytes') } }],
    ])('%s is refused', async (_, path, expected) => {
      const callId = await finishedCall()
      expect(await attach({ CALL_ID: callId, RECORD_URL: filesUrl + path })).toMatchObject(expected)
      expect((await statistic(callId)).RECORD_FILE_ID).toBeNull()
    })

    test.each(['http://10.0.0.1/a.mp3', 'http://[fd00::1]/a.mp3'])(
      'in a private network, %s, is refused naming the setting',
      async (url) => {
        expect(await attach({ CALL_ID: await finishedCall(), RECORD_URL: url })).toMatchObject({
          status: 400,
          body: { error: 'ERROR_CORE', error_description: expect.stringContaining('outbound.allowPrivate') },
        })
      },
    )

    test.each([
      'http://169.254.169.254/latest/a.mp3',
      'file:///etc/a.mp3',
      'ftp://127.0.0.1/a.mp3',
      'not a url.mp3',
      'http://127.0.0.1:1/a.mp3',
    ])('that cannot be fetched, %s, is an answer and no bug', async (url) => {
      expect(await attach({ CALL_ID: await finishedCall(), RECORD_URL: url })).toMatchObject({ status: 400, body: { error: 'ERROR_CORE' } })
    })
  })

  describe('by an upload address', () => {
    const offer = async (callId: string) =>
      (await attach({ CALL_ID: callId, FILENAME: 'up.wav', FILE_CONTENT: null })).body.result as { uploadUrl: string; fieldName: string }
    const upload = (url: string, bytes: Uint8Array<ArrayBuffer>, field = 'file'): Promise<Answer> => {
      const form = new FormData()
      form.set(field, new Blob([bytes]), 'whatever.bin')
      return request(url, { method: 'POST', body: form })
    }

    test('takes the file once and answers its number', async () => {
      const callId = await finishedCall()
      const { uploadUrl, fieldName } = await offer(callId)
      expect(uploadUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/rest\/upload\.json\?auth=[0-9a-f]{70}&token=telephony%7C[^&%]+%7C[^&%]+$/)
      expect(fieldName).toBe('file')
      const { status, body } = await upload(uploadUrl, new Uint8Array(sound))
      expect(status).toBe(200)
      expect(body).toEqual({ result: { FILE_ID: expect.any(Number) }, time: expect.any(Object) })
      expect(await play(body.result.FILE_ID)).toEqual(sound)
      expect((await statistic(callId)).RECORD_FILE_ID).toBe(body.result.FILE_ID)
      expect((await upload(uploadUrl, new Uint8Array(sound))).status).toBe(401)
    })

    test('takes a raw body too', async () => {
      const { uploadUrl } = await offer(await finishedCall())
      const { body } = await request(uploadUrl, { method: 'POST', headers: { 'content-type': 'audio/wav' }, body: new Uint8Array(sound) })
      expect(await play(body.result.FILE_ID)).toEqual(sound)
    })

    test('that is wrong takes nothing', async () => {
      const { uploadUrl } = await offer(await finishedCall())
      expect((await upload(uploadUrl.replace('auth=', 'auth=0'), new Uint8Array(sound))).status).toBe(401)
      expect((await upload(uploadUrl.replace(/auth=[^&]+&/, ''), new Uint8Array(sound))).status).toBe(401)
      expect((await upload(uploadUrl.slice(0, -4), new Uint8Array(sound))).status).toBe(401)
      expect((await upload(`${house.url}/rest/upload.json`, new Uint8Array(sound))).status).toBeGreaterThanOrEqual(400)
      expect((await upload(`${house.url}/rest/upload.json?token[]=1`, new Uint8Array(sound))).status).toBe(404)
      expect((await request(uploadUrl)).status).toBe(404)
      expect(await upload(uploadUrl, new Uint8Array(sound))).toMatchObject({ status: 200 })
    })

    test('refuses a body without a file, an empty file and one too large, and stays good', async () => {
      const { uploadUrl } = await offer(await finishedCall())
      const fields = new FormData()
      fields.set('file', 'no file but a field')
      expect((await request(uploadUrl, { method: 'POST', body: fields })).status).toBe(400)
      expect((await request(uploadUrl, { method: 'POST' })).status).toBe(400)
      expect((await upload(uploadUrl, new Uint8Array(0))).status).toBe(400)
      expect(await upload(uploadUrl, new Uint8Array(65_537))).toMatchObject({
        status: 413,
        body: { error_description: expect.stringContaining('recordings.maxBytes') },
      })
      expect(await upload(uploadUrl, new Uint8Array(65_536))).toMatchObject({ status: 200 })
    })
  })
})

describe('a recording plays in ranges', () => {
  let url: string
  const ask = (headers: Record<string, string> = {}) => fetch(url, { headers: { cookie: house.admin.cookie, ...headers } })
  const answer = async (headers: Record<string, string>) => {
    const response = await ask(headers)
    return [response.status, response.headers.get('content-range'), Buffer.from(await response.arrayBuffer())]
  }
  const size = sound.length

  beforeAll(async () => {
    const content = { CALL_ID: await finishedCall(), FILENAME: 'r.mp3', FILE_CONTENT: sound.toString('base64') }
    url = `${house.url}/v1/recordings/${(await app.call('telephony.externalCall.attachRecord', content)).body.result.FILE_ID}`
  })

  test.each([
    ['a part', 'bytes=2-6', 2, 6],
    ['from a byte to the end', 'bytes=4-', 4, size - 1],
    ['the last bytes', 'bytes=-3', size - 3, size - 1],
    ['past the end', 'bytes=5-999999', 5, size - 1],
    ['more last bytes than there are', 'bytes=-999999', 0, size - 1],
  ])('%s', async (_, range, first, last) => {
    expect(await answer({ range })).toEqual([206, `bytes ${first}-${last}/${size}`, sound.subarray(first, last + 1)])
  })

  test('a range behind the end is refused with the size', async () => {
    const response = await ask({ range: `bytes=${size}-` })
    expect([response.status, response.headers.get('content-range')]).toEqual([416, `bytes */${size}`])
  })

  test('a player that has an older file gets the new one whole', async () => {
    const whole = await ask()
    expect([whole.status, whole.headers.get('accept-ranges'), Buffer.from(await whole.arrayBuffer())]).toEqual([200, 'bytes', sound])
    const etag = whole.headers.get('etag')!
    expect(await answer({ range: 'bytes=2-6', 'if-range': etag })).toEqual([206, `bytes 2-6/${size}`, sound.subarray(2, 7)])
    expect(await answer({ range: 'bytes=2-6', 'if-range': 'W/"other"' })).toEqual([200, null, sound])
  })

  test('a player that wants the file as it was, or only if it changed, is told so (RFC 9110, 13)', async () => {
    const whole = await ask()
    const { etag, 'last-modified': modified } = Object.fromEntries(whole.headers)
    const nothing = Buffer.alloc(0)
    expect(await answer({ 'if-match': etag! })).toEqual([200, null, sound])
    expect(await answer({ 'if-match': '*' })).toEqual([200, null, sound])
    expect(await answer({ 'if-match': '"other"' })).toEqual([412, null, nothing])
    expect(await answer({ 'if-match': '"other"', range: 'bytes=2-6' })).toEqual([412, null, nothing])
    expect(await answer({ 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toEqual([412, null, nothing])
    // fetch itself would ask for a fresh one
    const cached = { 'cache-control': 'max-age=0' }
    expect(await answer({ ...cached, 'if-none-match': etag! })).toEqual([304, null, nothing])
    expect(await answer({ ...cached, 'if-modified-since': modified! })).toEqual([304, null, nothing])
  })
})

describe('RECORD_URL of finish', () => {
  const recordOf = async (callId: string) => (await house.admin.api('GET', `/calls/${callId}`)).body
  const fetched = async (callId: string) => {
    await expect.poll(async () => (await recordOf(callId)).recording).not.toBeNull()
    return (await recordOf(callId)).recording as { id: number; filename: string }
  }
  const finishWith = async (path: string): Promise<string> => {
    const callId = await newCall()
    expect(await finish(callId, { RECORD_URL: filesUrl + path })).toMatchObject({ status: 200 })
    return callId
  }

  test('is fetched in the background and stands in the statistics; its row is gone then', async () => {
    const callId = await finishWith('/later.mp3')
    const { id, filename } = await fetched(callId)
    expect(filename).toBe('later.mp3')
    expect(await play(id)).toEqual(sound)
    expect((await statistic(callId)).RECORD_FILE_ID).toBe(id)
    expect(await house.portal.store.read.selectFrom('record_fetch').select('call_id').execute()).toEqual([])
  })

  test.each([
    ['gzip', gzipSync(sound)],
    ['deflate', deflateSync(sound)],
    ['br', brotliCompressSync(sound)],
  ])('in %s is decoded', async (encoding, bytes) => {
    special.set(`/${encoding}.wav`, (response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
    expect(await play((await fetched(await finishWith(`/${encoding}.wav`))).id)).toEqual(sound)
  })

  test.each([
    ['audio/x-wav', 'record.wav'],
    ['audio/flac', 'record.flac'],
    ['audio/mpeg', 'record.mp3'],
    ['application/octet-stream', 'record.mp3'],
  ])('without a name, of type %s, is called %s', async (type, name) => {
    special.set('/get?id=5', (response) => response.writeHead(200, { 'content-type': type }).end(sound))
    expect((await fetched(await finishWith('/get?id=5'))).filename).toBe(name)
  })

  test('does not replace a record that was attached before it came', async () => {
    const callId = await finishWith('/status-503.mp3?slow')
    const attached = { CALL_ID: callId, FILENAME: 'own.mp3', FILE_CONTENT: sound.toString('base64') }
    await expect
      .poll(
        async () =>
          (await house.portal.store.read.selectFrom('record_fetch').select('attempts').where('call_id', '=', callId).executeTakeFirst())
            ?.attempts,
      )
      .toBe(1)
    await app.call('telephony.externalCall.attachRecord', attached)
    await expect
      .poll(
        async () => await house.portal.store.read.selectFrom('record_fetch').select('call_id').where('call_id', '=', callId).execute(),
        { timeout: 8000 },
      )
      .toEqual([])
    expect((await recordOf(callId)).recording.filename).toBe('own.mp3')
    expect(asked.filter((path) => path === '/status-503.mp3?slow')).toHaveLength(1)
  }, 15_000)

  describe('that cannot be had', () => {
    const clock = createTurnableClock()
    let later: TestPortal
    let pbx: TestApp
    const dataOf = async (callId: string) => (await later.admin.api('GET', `/calls/${callId}`)).body
    const endWith = async (url: string): Promise<string> => {
      const { CALL_ID } = (
        await pbx.call('telephony.externalCall.register', { USER_ID: later.admin.userId, PHONE_NUMBER: newNumber(), TYPE: 1 })
      ).body.result
      expect((await pbx.call('telephony.externalCall.finish', { CALL_ID, USER_ID: later.admin.userId, RECORD_URL: url })).status).toBe(200)
      return CALL_ID
    }
    beforeAll(async () => {
      later = await startPortal({ world: { clock } })
      pbx = await later.addApp()
    })
    afterAll(() => later.stop())

    test('is tried twice, no more, and the call says why', async () => {
      const callId = await endWith(`${filesUrl}/status-404.mp3?twice`)
      const tries = (): number => asked.filter((path) => path === '/status-404.mp3?twice').length
      const attempts = async () =>
        (await later.portal.store.read
          .selectFrom('record_fetch')
          .select(['attempts', 'state'])
          .where('call_id', '=', callId)
          .executeTakeFirst())!
      await expect.poll(attempts).toEqual({ attempts: 1, state: 'waiting' })
      clock.turn(6_000)
      await expect.poll(attempts).toEqual({ attempts: 2, state: 'failed' })
      clock.turn(600_000)
      expect(await dataOf(callId)).toMatchObject({ recording: null, recordProblem: 'Server returns HTTP error code 404' })
      expect(tries()).toBe(2)
    })

    test.each(['http://169.254.169.254/latest/meta-data/a.mp3', 'http://10.0.0.8/a.mp3', 'file:///etc/passwd', 'no url'])(
      'because it may not be asked, %s, says so and asks nobody',
      async (url) => {
        const callId = await endWith(url)
        await expect.poll(async () => (clock.turn(6_000), (await dataOf(callId)).recordProblem)).toMatch(/cannot be fetched/)
      },
    )
  })

  test('survives kill -9 in the middle of its download', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-records-'))
    const port = await findFreePort()
    const before = await startPortal({ dataDir })
    const hook = await before.addIncomingWebhook(['telephony'])
    const { cookie, userId } = before.admin
    await before.stop()
    await writeFile(
      join(dataDir, 'hookswitch.json'),
      JSON.stringify({ port, host: '127.0.0.1', outbound: { allowPrivate: 'loopback' }, log: { level: 'silent' } }),
    )
    const url = `http://127.0.0.1:${port}`
    const serve = async () => {
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('../../portal/bin/hookswitch.mjs', import.meta.url)), 'serve', '--data', dataDir],
        {
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      )
      await expect.poll(async () => (await fetch(`${url}/readyz`).catch(() => null))?.status, { timeout: 20_000 }).toBe(200)
      return async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill(signal)
        await ended
      }
    }
    let asks = 0
    let isAsked = (): void => {}
    const firstAsk = new Promise<void>((resolve) => (isAsked = resolve))
    special.set('/half.mp3', (response) => {
      response.writeHead(200, { 'content-length': String(sound.length) })
      if (asks++ > 0) return void response.end(sound)
      response.write(sound.subarray(0, 5))
      isAsked()
    })
    let end = await serve()
    try {
      const rest = (method: string, params: Params) =>
        request(`${url}${new URL(hook).pathname}${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(params),
        })
      const { CALL_ID } = (await rest('telephony.externalCall.register', { USER_ID: userId, PHONE_NUMBER: newNumber(), TYPE: 1 })).body
        .result
      await rest('telephony.externalCall.finish', { CALL_ID, USER_ID: userId, RECORD_URL: `${filesUrl}/half.mp3` })
      await firstAsk
      await end('SIGKILL')
      end = await serve()
      const recording = async () => (await request(`${url}/v1/calls/${CALL_ID}`, { headers: { cookie } })).body.recording
      await expect.poll(recording, { timeout: 10_000 }).toMatchObject({ filename: 'half.mp3' })
      const names = (await readdir(join(dataDir, 'recordings'), { recursive: true })).filter((name) => name.includes('.'))
      expect(names).toHaveLength(1)
    } finally {
      await end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    }
  }, 60_000)
})

test('files that no row names are gone after a start, those of rows stay', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookswitch-leftovers-'))
  try {
    const first = await startPortal({ dataDir })
    const pbx = await first.addApp()
    const { CALL_ID } = (
      await pbx.call('telephony.externalCall.register', { USER_ID: first.admin.userId, PHONE_NUMBER: newNumber(), TYPE: 1 })
    ).body.result
    await pbx.call('telephony.externalCall.finish', { CALL_ID, USER_ID: first.admin.userId })
    await pbx.call('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: sound.toString('base64') })
    await first.stop()
    const folder = join(dataDir, 'recordings')
    const list = async () => (await readdir(folder, { recursive: true })).filter((name) => name.includes('.'))
    const kept = await list()
    expect(kept).toHaveLength(1)
    await writeFile(join(folder, 'orphan.mp3'), 'x')
    await writeFile(join(folder, 'half.mp3.part'), 'x')
    await utimes(join(folder, 'half.mp3.part'), 0, 0)
    const second = await createPortal(loadConfig({ env: {}, dataDir, overrides: { port: await findFreePort(), log: { level: 'silent' } } }))
    await second.start()
    expect(await list()).toEqual(kept)
    await second.stop()
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

describe('a large body whose token is inside', () => {
  const mebibyte = 2 ** 20
  let large: TestPortal
  let pbx: TestApp
  let callId: string
  beforeAll(async () => {
    large = await startPortal({ settings: { recordings: { maxBytes: 8 * mebibyte } } })
    pbx = await large.addApp()
    callId = (await pbx.call('telephony.externalCall.register', { USER_ID: large.admin.userId, PHONE_NUMBER: newNumber(), TYPE: 1 })).body
      .result.CALL_ID
    await pbx.call('telephony.externalCall.finish', { CALL_ID: callId, USER_ID: large.admin.userId })
  })
  afterAll(() => large.stop())
  const content = Buffer.alloc(3 * mebibyte, 7).toString('base64')
  const send = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    request(`${large.url}/rest/telephony.externalcall.attachrecord`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  const json = (auth: string, isFirst: boolean): string => {
    const params = { CALL_ID: callId, FILENAME: 'l.mp3', FILE_CONTENT: content }
    return JSON.stringify(isFirst ? { auth, ...params } : { ...params, auth })
  }

  test('is taken with the token before or behind the content, or in the header', async () => {
    for (const isFirst of [true, false]) expect(await send(json(pbx.accessToken, isFirst))).toMatchObject({ status: 200 })
    expect(await send(json('', true), { authorization: `Bearer ${pbx.accessToken}` })).toMatchObject({ status: 200 })
    const form = new FormData()
    form.set('auth', pbx.accessToken)
    for (const [name, value] of Object.entries({ CALL_ID: callId, FILENAME: 'l.mp3', FILE_CONTENT: content })) form.set(name, value)
    expect(await request(`${large.url}/rest/telephony.externalcall.attachrecord`, { method: 'POST', body: form })).toMatchObject({
      status: 200,
    })
  })

  test('is refused before it is read when the token before it is wrong', async () => {
    expect(await send(json('nonsense', true))).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(await send(json('nonsense', false))).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  test('from strangers waits on disk for two at a time; a third is told what to do, one who is known is not', async () => {
    const { request: open } = await import('node:http')
    const begin = () =>
      new Promise<{ write: (text: string) => void; destroy: () => void; answered: Promise<number> }>((resolve) => {
        const stream = open(`${large.url}/rest/telephony.externalcall.attachrecord`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        })
        const answered = new Promise<number>((told) => {
          stream.on('response', (response) => told(response.statusCode ?? 0))
          stream.on('error', () => told(0))
        })
        stream.write(`{"FILE_CONTENT":"${content.slice(0, 2.5 * mebibyte)}`, () =>
          resolve({ write: (text) => stream.write(text), destroy: () => stream.destroy(), answered }),
        )
      })
    const guests = [await begin(), await begin()]
    const spooled = async () => (await readdir(join(large.dataDir, 'tmp')).catch(() => [])).length
    await expect.poll(spooled).toBe(2)
    const third = await begin()
    expect(await third.answered).toBe(413)
    third.destroy()
    expect(await send(json(pbx.accessToken, true))).toMatchObject({ status: 200 })
    for (const guest of guests) guest.destroy()
    await expect.poll(spooled).toBe(0)
    expect(await send(json(pbx.accessToken, false))).toMatchObject({ status: 200 })
  })
})
