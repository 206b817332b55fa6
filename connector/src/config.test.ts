import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'config-'))
  file = join(dir, 'app.json')
})
afterEach(() => rmSync(dir, { recursive: true }))
const write = (value: unknown) => writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
const read = (...args: string[]) => readConfig(args, { HOOKSWITCH_APP_FILE: file })
const good = { clientId: 'local.1', clientSecret: 's', portalUrl: 'http://127.0.0.1:8484/some/path' }

test('the app file and the arguments make the settings', () => {
  write({ ...good, line: { number: 'line-1' } })
  expect(read('--data', '/tmp/x', '--port', '9000')).toEqual({
    app: { clientId: 'local.1', clientSecret: 's' },
    portalUrl: 'http://127.0.0.1:8484',
    lines: [{ number: 'line-1', name: 'line-1' }],
    dataDir: '/tmp/x',
    host: '127.0.0.1',
    port: 9000,
  })
  expect(read()).toMatchObject({ port: 8485, host: '127.0.0.1' })
  expect(read('--help')).toBe('help')
})

test('a secret that others can read is refused', () => {
  write(good)
  chmodSync(file, 0o640)
  expect(() => read()).toThrow('chmod 600')
})

test.each([
  ['no file', () => rmSync(file, { force: true }), []],
  ['no JSON', () => write('{ secret'), []],
  ['no client id', () => write({ ...good, clientId: '' }), []],
  ['no address', () => write({ ...good, portalUrl: 'file:///etc/passwd' }), []],
  ['another machine may come in', () => write(good), ['--host', '0.0.0.0']],
  ['no port', () => write(good), ['--port', '99999']],
  ['no such argument', () => write(good), ['--dial']],
])('%s is said in one line, without the secret', (_, prepare, args) => {
  prepare()
  let error: unknown
  try {
    read(...args)
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as Error).message).not.toMatch(/secret"|\n/)
})

test('without HOOKSWITCH_APP_FILE it says what that is', () => {
  expect(() => readConfig([], {})).toThrow('HOOKSWITCH_APP_FILE')
})
