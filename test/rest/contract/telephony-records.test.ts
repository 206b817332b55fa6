import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openContract, type ContractHouse, type Params, type Who } from '../../support/contract.ts'
import { proved } from '../../support/proofs.ts'
import { request, type Answer } from '../../support/portal.ts'
import { exact, fields, like, num } from '../../support/shape.ts'

const { contract, house } = openContract(['telephony', 'crm'], undefined, {
  refusalsEverywhere: true,
  settings: { recordings: { maxBytes: 65_536 } },
})

let files: Server
let filesUrl: string
let last = 1000
const sound = Buffer.from('a sound of no more than a few bytes')
const content = sound.toString('base64')

beforeAll(async () => {
  files = createServer((asked, response) => {
    response.statusCode = Number(/\/status-(\d+)/.exec(asked.url ?? '')?.[1] ?? 200)
    response.end(asked.url?.includes('large') ? Buffer.alloc(70_000, 1) : sound)
  })
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => files.close(resolve)))

async function openCall({ as, eve }: ContractHouse, who: Who): Promise<string> {
  const asked = { USER_ID: eve.userId, PHONE_NUMBER: `+1555010${++last}`, TYPE: 1 }
  return (await as(who, 'telephony.externalCall.register', asked)).body.result.CALL_ID as string
}
async function finishedCall(made: ContractHouse, who: Who): Promise<string> {
  const CALL_ID = await openCall(made, who)
  await made.as(who, 'telephony.externalCall.finish', { CALL_ID, USER_ID: made.eve.userId, DURATION: 9 })
  return CALL_ID
}
const ofFinished = (params: () => Params) => async (made: ContractHouse, who: Who) => ({
  CALL_ID: await finishedCall(made, who),
  ...params(),
})

const core = (text: string | RegExp) => ({ error: 'ERROR_CORE', text })
const notFinished = core('Call is not found in the statistic table. Looks like it is not finished yet.')
const everybody = ['app', 'webhook', 'app of Eve', 'webhook of Eve'] as const
const uploadUrl = like(/^http:\/\/127\.0\.0\.1:\d+\/rest\/upload\.json\?(.*&)?token=telephony%7C[^&|]+%7C[^&|]+$/)

contract('telephony.externalCall.attachRecord', {
  section: '4.6',
  answers: [
    { when: 'by an address', who: everybody, params: ofFinished(() => ({ RECORD_URL: `${filesUrl}/call.mp3` })), shape: fields({ FILE_ID: num }) },
    { when: 'by an address without a name in it', params: ofFinished(() => ({ RECORD_URL: `${filesUrl}/download?id=5`, FILENAME: 'five.wav' })), shape: fields({ FILE_ID: num }) },
    { when: 'inline', who: everybody, params: ofFinished(() => ({ FILENAME: 'call.wav', FILE_CONTENT: content })), shape: fields({ FILE_ID: num }) },
    { when: 'inline, with line breaks and the older name', params: ofFinished(() => ({ FILENAME: 'call.mp3', CFILE_CONTENT: content.replace(/.{10}/g, '$&\r\n') })), shape: fields({ FILE_ID: num }) },
    { when: 'by an upload address', who: everybody, params: ofFinished(() => ({ FILENAME: 'call.mp3' })), shape: fields({ uploadUrl, fieldName: exact('file') }) },
    { when: 'by an upload address, as the PHP SDK asks for it', params: ofFinished(() => ({ FILENAME: 'call.mp3', FILE_CONTENT: null, RECORD_URL: null })), shape: fields({ uploadUrl, fieldName: exact('file') }) },
  ],
  refuses: [
    { when: 'no name and no address', params: ofFinished(() => ({})), ...core('Required parameters are not set. Request should contain or URL or FILENAME parameter') },
    { when: 'an unknown call', params: { CALL_ID: 'externalCall.none', FILENAME: 'a.mp3', FILE_CONTENT: content }, ...notFinished },
    { when: 'a call that is open', params: async (made, who) => ({ CALL_ID: await openCall(made, who), FILENAME: 'a.mp3', FILE_CONTENT: content }), ...notFinished },
    { when: 'a call of another app', who: 'app', params: async (made) => ({ CALL_ID: await finishedCall(made, 'app of Eve'), FILENAME: 'a.mp3', FILE_CONTENT: content }), ...notFinished },
    { when: 'content without a name', params: ofFinished(() => ({ FILE_CONTENT: content })), ...core('File name is empty') },
    { when: 'an ending that is no sound', params: ofFinished(() => ({ FILENAME: 'call.exe', FILE_CONTENT: content })), ...core('Wrong file extension. Only wav and mp3 are allowed') },
    { when: 'an address of what is no sound', params: ofFinished(() => ({ RECORD_URL: `${filesUrl}/call.php` })), ...core('Wrong file extension. Only wav and mp3 are allowed') },
    { when: 'empty content', params: ofFinished(() => ({ FILENAME: 'a.mp3', FILE_CONTENT: '' })), ...core('File content is empty.') },
    { when: 'content that is not base64', params: ofFinished(() => ({ FILENAME: 'a.mp3', FILE_CONTENT: '***' })), ...core('File content is not properly encoded. Base64 encoding is expected.') },
    { when: 'an address that answers 404', params: ofFinished(() => ({ RECORD_URL: `${filesUrl}/status-404/a.mp3` })), ...core('Server returns HTTP error code 404') },
    { when: 'an address that cannot be reached', params: ofFinished(() => ({ RECORD_URL: 'http://127.0.0.1:1/a.mp3' })), ...core(/^The record cannot be fetched: /) },
    { when: 'more than the setting allows', params: ofFinished(() => ({ RECORD_URL: `${filesUrl}/large.mp3` })), status: 413, ...core(/recordings\.maxBytes/) },
    { when: 'CALL_ID is a list', params: { CALL_ID: ['a'], FILENAME: 'a.mp3' }, error: 'INVALID_ARGUMENT', text: 'CALL_ID must be a string' },
  ],
}) // oxfmt-ignore

describe('the upload address (contract 4.6)', () => {
  const offer = async (): Promise<string> =>
    (await house().ask('telephony.externalCall.attachRecord', { CALL_ID: await finishedCall(house(), 'app'), FILENAME: 'up.wav' }))
      .uploadUrl as string
  const upload = (url: string, field = 'file', bytes: Uint8Array<ArrayBuffer> = new Uint8Array(sound)): Promise<Answer> => {
    const form = new FormData()
    form.set(field, new Blob([bytes]), 'whatever.bin')
    return request(url, { method: 'POST', body: form })
  }

  test('takes field file and answers FILE_ID in an envelope with time', async () => {
    const { status, body } = await upload(await offer())
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['result', 'time'])
    expect(body.result).toEqual({ FILE_ID: expect.any(Number) })
    expect(Object.keys(body.time)).toEqual(['start', 'finish', 'duration', 'processing', 'date_start', 'date_finish', 'operating_reset_at', 'operating'])
    proved('telephony.externalcall.attachrecord')
  }) // oxfmt-ignore

  test('is good once; a wrong one is refused', async () => {
    const url = await offer()
    expect((await upload(url)).status).toBe(200)
    for (const used of [url, `${url.slice(0, -4)}0000`])
      expect(await upload(used)).toMatchObject({
        status: 401,
        body: {
          error: 'NO_AUTH_FOUND',
          error_description: 'The upload address is not valid any more: ask for a new one with telephony.externalCall.attachRecord',
        },
      })
  })

  test('refuses what is no record, and stays good', async () => {
    const url = await offer()
    const noFile = new FormData()
    noFile.set('other', 'text')
    expect(await request(url, { method: 'POST', body: noFile })).toMatchObject({ status: 400, body: { error: 'ERROR_ARGUMENT', error_description: "The upload must be multipart/form-data with the record in the field 'file'" } })
    expect(await upload(url, 'file', new Uint8Array())).toMatchObject({ status: 400, body: { error: 'ERROR_CORE', error_description: 'File content is empty.' } })
    expect((await upload(url, 'file', new Uint8Array(65_537))).body.error_description).toContain('recordings.maxBytes')
    expect((await upload(url)).status).toBe(200)
  }) // oxfmt-ignore

  test('is not there without its token', async () => {
    expect(await upload(`${house().url}/rest/upload.json`)).toMatchObject({
      status: 404,
      body: { error_description: 'There is no such upload address: ask for a new one by telephony.externalCall.attachRecord' },
    })
  })

  test('a repeat replaces the earlier record: the statistics name the new file', async () => {
    const { ask } = house()
    const CALL_ID = await finishedCall(house(), 'app')
    const first = await ask('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'a.mp3', FILE_CONTENT: content })
    const second = await ask('telephony.externalCall.attachRecord', { CALL_ID, FILENAME: 'b.wav', FILE_CONTENT: content })
    expect(second.FILE_ID).not.toBe(first.FILE_ID)
    expect((await ask('voximplant.statistic.get', { FILTER: { CALL_ID } }))[0].RECORD_FILE_ID).toBe(second.FILE_ID)
  })
})
