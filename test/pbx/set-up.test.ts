import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../connector/src/asterisk/commands.ts'
import { readAsteriskConfig } from '../../connector/src/asterisk/config.ts'
import type { Finding } from '../../connector/src/asterisk/findings.ts'
import { look } from '../../connector/src/asterisk/set-up.ts'
import { readSettings } from '../../connector/src/asterisk/settings.ts'
import {
  ariSnippet,
  browserPhoneSnippets,
  httpSnippet,
  incomingSnippet,
  phoneSnippet,
  trunkSnippet,
} from '../../connector/src/asterisk/snippets.ts'
import { findFreePort } from '../support/ports.ts'
import { startAsterisk, type AsteriskWish, type TestAsterisk } from './asterisk.ts'
import { until } from './office.ts'
import { startSipPhone, type SipPhone } from './sip-phone.ts'

let desk: SipPhone
let world: SipPhone
let asterisk: TestAsterisk
let dir: string
beforeAll(async () => {
  ;[desk, world] = [await startSipPhone({ hz: 440 }), await startSipPhone({ hz: 1000 })]
  dir = await mkdtemp(join(tmpdir(), 'hookswitch-set-up-'))
  asterisk = await start()
})
afterAll(async () => {
  await asterisk?.stop()
  await Promise.all([desk?.close(), world?.close(), rm(dir, { recursive: true, force: true })])
})

const start = (more: Partial<AsteriskWish> = {}): Promise<TestAsterisk> =>
  startAsterisk({ phones: { 101: { contact: desk.port }, 102: {} }, trunkPort: world.port, ...more })

const usual = { dial: 'PJSIP/{number}@trunk' }
const settingsFor = (ari: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  readSettings({ ...asterisk.ari, lines: { '+15550100': usual }, ...ari, ...more })

/** What is not as it should be. */
const faults = (findings: readonly Finding[]) => findings.filter(({ state }) => state !== 'fine')
const codes = (findings: readonly Finding[]) => faults(findings).map(({ check, state, code }) => `${check} ${state} ${code}`)

async function broken(more: Partial<AsteriskWish>): Promise<TestAsterisk> {
  const other = await start(more)
  onTestFinished(() => other.stop())
  return other
}

describe('the check finds', () => {
  test('nothing wrong with an Asterisk that is ready, and leaves nothing behind', async () => {
    const findings = await look(settingsFor({}), '101')
    expect(faults(findings)).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'login',
      'rights',
      'version',
      'modules',
      'recording',
      'application',
      'trunk',
      'phone',
    ])
    const isQuiet = async () => Object.values(await asterisk.standing()).flat().length === 0
    await until(isQuiet, 'nothing stands')
    await until(async () => (await readdir(join(asterisk.dir, 'spool/recording'))).length === 0, 'no recording is left')
  })

  test('a port at which nothing listens', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`
    const [fault, ...more] = await look(settingsFor({ url }), '101')
    expect([fault, more]).toMatchObject([{ check: 'address', state: 'wrong', code: 'unreachable' }, []])
    expect(fault!.snippets![0]).toMatchObject({ file: '/etc/asterisk/http.conf', text: expect.stringContaining(url.split(':')[2]!) })
  })

  test('a wrong password', async () => {
    expect(codes(await look(settingsFor({ password: 'guess' }), '101'))).toEqual(['login wrong wrong_login'])
  })

  test('that ARI is off', async () => {
    const off = await broken({ isAriOff: true, files: () => ({ ari: '[general]\nenabled=no' }) })
    const [fault] = await look(settingsFor(off.ari), '101')
    expect(fault).toMatchObject({ check: 'address', code: 'no_ari', snippets: [{ file: '/etc/asterisk/ari.conf' }] })
  })

  test('that the user may only read', async () => {
    const file = '[general]\nenabled=yes\n[hookswitch]\ntype=user\nread_only=yes\npassword=only-for-tests\npassword_format=plain'
    const other = await broken({ files: () => ({ ari: file }) })
    expect(codes(await look(settingsFor(other.ari), '101'))).toEqual(['rights wrong read_only'])
  })

  test.each([
    ['chan_bridge_media', ['modules warning modules_missing', 'recording warning not_recorded']],
    ['app_stasis', ['modules warning modules_missing']],
    ['res_stasis_answer', ['modules wrong modules_missing']],
  ])('that the module %s is missing', async (module, expected) => {
    const other = await broken({ noload: [module] })
    const findings = await look(settingsFor(other.ari), '101')
    expect(codes(findings)).toEqual(expected)
    expect(faults(findings)[0]).toMatchObject({
      about: expect.stringContaining(module),
      snippets: [{ file: '/etc/asterisk/modules.conf' }],
    })
  })

  test('that there is no folder for recordings', async () => {
    const other = await broken({})
    await rm(join(other.dir, 'spool/recording'), { recursive: true })
    const findings = await look(settingsFor(other.ari), '101')
    expect(codes(findings)).toEqual(['recording warning no_recording_folder'])
    expect(faults(findings)[0]!.snippets![0]!.text).toContain('install -d')
  })

  test.each([
    ['199', 'phone wrong unknown_extension'],
    ['102', 'phone wrong phone_offline'],
  ])('that nobody can be rung at %s', async (extension, expected) => {
    expect(codes(await look(settingsFor({}), extension))).toEqual([expected])
  })

  test('that a line has no trunk', async () => {
    const lines = { '+15550100': usual, '+15550101': { dial: 'PJSIP/{number}@{trunk}', trunk: 'nowhere' } }
    const findings = await look(settingsFor({}, { lines }), '101')
    expect(codes(findings)).toEqual(['trunk wrong no_trunk'])
    expect(faults(findings)[0]).toMatchObject({ about: '+15550101', snippets: [{ text: expect.stringContaining('[nowhere]') }] })
  })
})

interface Asked {
  readonly exitCode: number | undefined
  readonly said: string
}

/** Runs a command as the shell would; whoever sits there answers `answers`, in order. */
async function run(words: readonly string[], answers?: readonly string[]): Promise<Asked> {
  let said = ''
  const write = (text: string): void => void (said += text)
  const left = [...(answers ?? [])]
  const ask = async (question: string, suggestion: string): Promise<string> => {
    said += `${question} [${suggestion}]\n`
    return left.shift() || suggestion
  }
  const exitCode = await runCommand(words, { env: {}, write, ...(answers && { terminal: { say: write, ask } }) })
  return { exitCode, said }
}

const init = (file: string, more: readonly string[]) => {
  const { url, user, password } = asterisk.ari
  const app = ['--client-id', 'local.1', '--client-secret', 's', '--portal-url', 'http://127.0.0.1:8484']
  return ['init', '--config', file, '--ari-url', url, '--ari-user', user, '--ari-password', password, ...app, ...more]
}

describe('init', () => {
  test('asks, writes a file that the connector takes and that only its owner can read, and says what comes next', async () => {
    const file = join(dir, 'asked.json')
    const { url, user, password } = asterisk.ari
    // The first password is wrong.
    const entry = [url, user, 'guess', 'yes', url, user, password]
    const { exitCode, said } = await run(['init', '--config', file], [...entry, '101', '+15550188', '', 'no', '', 'local.1', 'secret'])
    expect([exitCode, said.includes('does not take the user')]).toEqual([0, true])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const read = readAsteriskConfig(['run', '--config', file], {})
    expect(read).toMatchObject({
      config: { app: { clientId: 'local.1', clientSecret: 'secret' }, portalUrl: 'http://127.0.0.1:8484' },
      settings: { ari: { url, user, password }, lines: { '+15550188': { dial: 'PJSIP/{number}@trunk' } } },
    })
    expect(said).toContain(incomingSnippet({ application: 'hookswitch', extension: '101' }).text)
    expect(said).toContain(`hookswitch-asterisk run --config ${file}`)
  })

  test('with --yes asks nobody, and rings one’s own extension and then a number', async () => {
    const file = join(dir, 'silent.json')
    desk.onInvite = (call) => {
      call.ring()
      call.answer()
    }
    world.onInvite = (call) => call.answer()
    onTestFinished(() => [desk, world].forEach((phone) => phone.clear()))
    const more = ['--yes', '--force', '--extension', '101', '--line', '+15550188', '--number', '+15550155', '--call']
    const { exitCode, said } = await run(init(file, more))
    expect([exitCode, said]).toEqual([0, expect.stringContaining('The phone of 101 rang and was answered.')])
    expect(said).toContain('+15550155 was called by the trunk and answered.')
    expect(world.calls.at(-1)).toMatchObject({ to: '+15550155', from: '+15550188' })
    await until(async () => (await asterisk.standing()).channels.length === 0, 'both are hung up')
  })

  test('says what is wrong, exits with 1, and writes the file all the same', async () => {
    const file = join(dir, 'wrong.json')
    const { exitCode, said } = await run(init(file, ['--yes', '--extension', '102', '--dial', 'PJSIP/{number}@nowhere']))
    expect([exitCode, (await stat(file)).isFile()]).toEqual([1, true])
    expect(said).toContain('no endpoint “nowhere”')
    expect(said).toContain('No phone is registered as 102.')
  })

  test('does not write over a file, nor a template that could dial somewhere else', async () => {
    const file = join(dir, 'there.json')
    await writeFile(file, '{}')
    await expect(run(init(file, ['--yes']))).rejects.toThrow('exists; --force')
    await expect(run(init(file, ['--yes', '--force', '--dial', 'PJSIP/{number}@trunk&PJSIP/1']))).rejects.toThrow('is no dial template')
    expect(await readFile(file, 'utf8')).toBe('{}')
  })
})

describe('check and preview', () => {
  let file: string
  beforeAll(async () => {
    file = join(dir, 'check.json')
    const lines = {
      '+15550188': { dial: 'PJSIP/{number}@{trunk}', trunk: 'trunk' },
      '+15550177': { dial: 'Local/9{digits}@outside/n', callerId: '' },
    }
    const users = { 103: { dial: 'PJSIP/desk-{ext}', clientDial: 'PJSIP/{digits}@abroad', callerId: '+15550166' } }
    const content = { clientId: 'c', clientSecret: 's', portalUrl: 'http://127.0.0.1:8484', asterisk: { ...asterisk.ari, lines, users } }
    await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  })

  test('a phone that declines is said to have done so', async () => {
    desk.onInvite = (call) => call.reject(603, 'Decline')
    onTestFinished(() => desk.clear())
    const { exitCode, said } = await run(['check', '--config', file, '--extension', '101', '--call', '--json'])
    const { findings } = JSON.parse(said) as { findings: Finding[] }
    expect([exitCode, findings.at(-1)]).toMatchObject([0, { check: 'call', about: '101', code: 'not_answered' }])
    expect(findings.at(-1)!.text).toContain('it was declined')
  })

  test.each([
    [['+15550155'], ['line        +15550188', 'your phone  PJSIP/101', 'customer    PJSIP/+15550155@trunk', 'they see    +15550188']],
    [
      ['+15550155', '--line', '+15550177'],
      ['customer    Local/915550155@outside/n', 'they see    (what the trunk makes of it)'],
    ],
    [
      ['+15550155', '--extension', '103'],
      ['your phone  PJSIP/desk-103', 'customer    PJSIP/15550155@abroad', 'they see    +15550166'],
    ],
  ])('preview %j shows what would be dialled', async (words, lines) => {
    const { exitCode, said } = await run(['preview', ...words, '--config', file])
    expect(exitCode).toBe(0)
    for (const line of lines) expect(said).toContain(line)
  })

  test.each([
    '+1555\n0155',
    '+15550155&PJSIP/1',
    '+15550155,30',
    '+15550155;x',
    '+15550155@evil',
    '+15550155/n',
    '${SHELL(id)}',
    '+1 555 0155',
  ])('preview refuses the number %j', async (number) => {
    const { exitCode, said } = await run(['preview', number, '--config', file])
    expect([exitCode, said]).toEqual([1, expect.stringContaining('cannot be dialled')])
  })

  test.each(['101&102', '101@x', '101,30', '${X}'])('preview refuses the extension %j', async (extension) => {
    const { exitCode, said } = await run(['preview', '+15550155', '--extension', extension, '--config', file])
    expect([exitCode, said]).toEqual([1, expect.stringContaining('cannot stand in a dial string')])
  })
})

test('what is printed is what the how-to has', async () => {
  const read = (name: string) => readFile(join(import.meta.dirname, `../../docs/how-to/${name}.md`), 'utf8')
  const [page, browsers] = [await read('asterisk'), await read('browser-phone')]
  const printed = [httpSnippet(), ariSnippet('hookswitch'), incomingSnippet({ application: 'hookswitch', extension: '101' })]
  for (const { file, text } of printed) expect(page, file).toContain(`\`\`\`ini\n${text}\`\`\``)
  for (const { text } of [phoneSnippet('101'), trunkSnippet('trunk')]) expect(page).toContain(text)
  for (const { text } of browserPhoneSnippets) expect(browsers).toContain(`\`\`\`ini\n${text}\`\`\``)
})
