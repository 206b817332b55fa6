import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAsteriskConfig } from './config.ts'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'config-'))
  file = join(dir, 'asterisk.json')
})
afterEach(() => rmSync(dir, { recursive: true }))

const asterisk = { user: 'hookswitch', password: 's', lines: { '+15550100': { dial: 'PJSIP/{number}@trunk' } } }
const good = { clientId: 'local.1', clientSecret: 's', portalUrl: 'http://127.0.0.1:8484', asterisk }
const read = (content: unknown, words: readonly string[] = [], env: Record<string, string> = {}) => {
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 })
  return readAsteriskConfig(['run', '--config', file, ...words], env)
}
const readGood = (content: unknown, env: Record<string, string> = {}) => {
  const config = read(content, [], env)
  if (config === 'help') throw new Error('help')
  return config
}

test('a file with the least in it is enough', () => {
  expect(readGood(good)).toMatchObject({
    config: { host: '127.0.0.1', port: 8486, dataDir: 'data/asterisk', lines: [{ number: '+15550100', name: '+15550100' }] },
    settings: {
      ari: { url: 'http://127.0.0.1:8088', user: 'hookswitch', password: 's' },
      application: 'hookswitch',
      agentDial: 'PJSIP/{extension}',
      agentHeaders: {},
      recording: 'mono',
      maxCalls: 50,
    },
    limits: { agentRingMs: 25_000, clientRingMs: 60_000 },
  })
})

test('the environment’s password goes before the file’s, and help is for who gives no command', () => {
  expect(readGood(good, { HOOKSWITCH_ARI_PASSWORD: 'other' }).settings.ari.password).toBe('other')
  expect([readAsteriskConfig([], {}), readAsteriskConfig(['--help'], {}), read(good, ['--help'])]).toEqual(['help', 'help', 'help'])
})

const withAsterisk = (more: Record<string, unknown>) => ({ ...good, asterisk: { ...asterisk, ...more } })

test.each([
  ['no lines', withAsterisk({ lines: {} }), 'at least one line'],
  ['a line without a template', withAsterisk({ lines: { a: {} } }), 'asterisk.lines.a.dial: a text is needed'],
  ['a line that forks', withAsterisk({ lines: { a: { dial: 'PJSIP/{number}@t&PJSIP/1' } } }), 'is no dial template'],
  ['a line by a dangerous name', withAsterisk({ lines: { 'a/b': { dial: 'PJSIP/{number}@t' } } }), 'a line is named by'],
  ['no password', withAsterisk({ password: undefined }), 'asterisk.password: a text is needed'],
  ['an address of another kind', withAsterisk({ url: 'ws://127.0.0.1' }), 'asterisk.url'],
  ['a header with a second line', withAsterisk({ agentHeaders: { 'Alert-Info': 'x\r\nVia: y' } }), 'a SIP header of printable characters'],
  ['an unknown way to record', withAsterisk({ recording: 'mp3' }), 'mono, stereo or off'],
  ['too many calls', withAsterisk({ maxCalls: 100_000 }), 'a whole number up to 1000'],
  ['an application name with a slash', withAsterisk({ application: 'a/b' }), 'letters and digits'],
  ['a template of a user that forks', withAsterisk({ users: { 101: { dial: 'PJSIP/1&PJSIP/2' } } }), 'asterisk.users.101.dial'],
  ['a ring time of nothing', { ...good, ring: { agentSeconds: 0 } }, 'ring.agentSeconds'],
  ['no asterisk', { ...good, asterisk: undefined }, 'asterisk: an object is needed'],
])('%s is refused in words', (_, content, why) => expect(() => read(content)).toThrow(why))

test('a command, an option or a host that there is not is refused in words', () => {
  expect(() => readAsteriskConfig(['dial'], {})).toThrow('“dial” is no command')
  expect(() => readAsteriskConfig(['run'], {})).toThrow('--config is not set')
  expect(() => read(good, ['--hots', 'x'])).toThrow('--hots')
  expect(() => read(good, ['--host', 'a b'])).toThrow('an address of this machine')
  expect(() => read(good, ['--host', '0.0.0.0'])).toThrow('"appUrl"')
})

test('browser phones are off unless wanted; their socket is that of ARI unless told', () => {
  const wanted = (browserPhones: unknown) => readGood({ ...good, asterisk: { ...asterisk, browserPhones } }).settings.browserPhones
  expect(readGood(good).settings).not.toHaveProperty('browserPhones')
  expect(wanted(false)).toBeUndefined()
  expect(wanted(true)).toEqual({ socket: 'ws://127.0.0.1:8088/ws', lifeMs: 240 * 60_000, endpoint: {}, iceServers: [] })
  const servers = [{ urls: 'turn:turn.example.com', username: 'u', credential: 'c' }]
  expect(wanted({ minutes: 5, endpoint: { context: 'sales' }, iceServers: servers, socket: 'wss://pbx.test:8089/ws' })).toEqual({
    socket: 'wss://pbx.test:8089/ws',
    lifeMs: 300_000,
    endpoint: { context: 'sales' },
    iceServers: servers,
  })
})

test.each([
  [{ socket: 'http://127.0.0.1/ws' }, 'browserPhones.socket'],
  [{ minutes: 0 }, 'browserPhones.minutes'],
  [{ minutes: '5' }, 'browserPhones.minutes'],
  [{ endpoint: { context: 'a\nwebrtc=no' } }, 'browserPhones.endpoint.context'],
  [{ endpoint: { 'a b': 'c' } }, 'browserPhones.endpoint.a b'],
  [{ iceServers: 'stun:x' }, 'browserPhones.iceServers'],
  [{ iceServers: [{ urls: 'https://x' }] }, 'browserPhones.iceServers.0.urls'],
  ['yes', 'browserPhones'],
])('browser phones of %j are refused, by name', (browserPhones, key) => {
  expect(() => readGood({ ...good, asterisk: { ...asterisk, browserPhones } })).toThrow(`asterisk.${key}`)
})
