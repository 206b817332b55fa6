import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

function folderWith(settings?: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-config-'))
  if (settings !== undefined)
    writeFileSync(join(folder, 'hookswitch.json'), typeof settings === 'string' ? settings : JSON.stringify(settings))
  return folder
}

function load(settings: unknown, env: Record<string, string> = {}) {
  return loadConfig({ env, dataDir: folderWith(settings) })
}

describe('settings', () => {
  it('listen on the loopback and know their own address without any file', () => {
    const config = load(undefined)
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8484, publicUrl: 'http://127.0.0.1:8484', tls: null })
    expect(config.recordings.maxBytes).toBe(200 * 1024 * 1024)
    expect(config.databaseUrl).toBe(join(config.dataDir, 'hookswitch.db'))
  })

  it('come from the environment before the file, and only for what it names', () => {
    const config = load(
      { port: 1, outbound: { allowPrivate: 'private' } },
      { HOOKSWITCH_PORT: '2', HOOKSWITCH_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1' },
    )
    expect(config.port).toBe(2)
    expect(config.outbound.allowPrivate).toBe('private')
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1'])
  })

  it('take the PostgreSQL address that a platform sets, but not that of another database', () => {
    const url = 'postgres://db.example.com/portal'
    expect(load({ databaseUrl: 'here.db' }, { DATABASE_URL: url }).databaseUrl).toBe(url)
    expect(load({ databaseUrl: 'here.db' }, { DATABASE_URL: 'mysql://db.example.com/shop' }).databaseUrl).toBe('here.db')
    expect(load(undefined, { DATABASE_URL: url, HOOKSWITCH_DATABASE_URL: `${url}2` }).databaseUrl).toBe(`${url}2`)
    expect(load({ only: 'web' }, { DATABASE_URL: url }).only).toBe('web')
  })

  it('give out https addresses when the portal serves TLS', () => {
    expect(load({ tls: 'local', port: 1443 }).publicUrl).toBe('https://127.0.0.1:1443')
    expect(load({ tls: 'local', httpsPort: 1444 }).publicUrl).toBe('https://127.0.0.1:1444')
  })

  it.each([
    [{ prot: 1 }, {}, 'unknown setting prot'],
    [{ outbound: { allow: 'x' } }, {}, 'outbound'],
    [{ port: 'many' }, {}, 'port'],
    [{ publicUrl: 'crm.example.com' }, {}, 'publicUrl'],
    [{ publicUrl: 'https://crm.example.com/portal' }, {}, 'publicUrl'],
    [{ trustedProxies: ['proxy'] }, {}, 'proxy'],
    [{ httpsPort: 5 }, {}, 'httpsPort'],
    [{ only: 'web' }, {}, 'needs PostgreSQL'],
    [{ only: 'mail' }, {}, 'only'],
    ['{', {}, 'cannot be read'],
    [undefined, { HOOKSWITCH_PROT: '1' }, 'HOOKSWITCH_PROT'],
    [undefined, { HOOKSWITCH_PORT: '99999' }, 'port'],
    [undefined, { HOOKSWITCH_OUTBOUND_ALLOW_PRIVATE: 'yes' }, 'outbound.allowPrivate'],
  ])('that are unknown or wrong stop the start with one line: %j %j', (settings, env, word) => {
    expect(() => load(settings, env)).toThrow(ConfigError)
    expect(() => load(settings, env)).toThrow(word)
    try {
      load(settings, env)
    } catch (error) {
      expect((error as Error).message).not.toContain('\n')
    }
  })
})
