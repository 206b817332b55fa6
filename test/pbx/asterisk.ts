/**
 * An Asterisk of the test's own: free ports of loopback, all folders in a temporary one, no system service. `ASTERISK` names another binary,
 * with `ASTERISK_MODULES` its folder of modules.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createSocket } from 'node:dgram'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findFreePort } from '../support/ports.ts'

const binary = process.env['ASTERISK'] ?? '/usr/sbin/asterisk'
/** `scripts/asterisk-22.sh` puts both beside the program. */
const beside = (name: string): string => join(dirname(binary), name)
const data = existsSync(beside('data')) ? beside('data') : '/usr/share/asterisk'
const modules =
  process.env['ASTERISK_MODULES'] ??
  [
    beside('modules'),
    '/usr/lib/asterisk/modules',
    '/usr/lib/x86_64-linux-gnu/asterisk/modules',
    '/usr/lib/aarch64-linux-gnu/asterisk/modules',
  ].find(existsSync)

const setpriv = '/usr/bin/setpriv'
/** Of Debian's package `libfaketime`: what a program is told of the time comes from a file. */
const faketime = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketimeMT.so.1`).find(existsSync)

/** An Asterisk here can be given a clock of its own. */
export const canSetClock = faketime !== undefined

/** Which endpoints there are. A `contact` is a port of loopback; one without must register, with the password `secret<name>`. */
export interface AsteriskWish {
  readonly phones: Readonly<Record<string, { readonly contact?: number }>>
  /** port of whoever plays the outside world; calls of `PJSIP/…@trunk` go there */
  readonly trunkPort: number
  /** more lines of every endpoint in pjsip.conf */
  readonly endpointLines?: readonly string[]
  /** more lines of extensions.conf */
  readonly dialplan?: string
  /** modules that are not loaded */
  readonly noload?: readonly string[]
  /** a file that says how far its clock is from the machine's, such as `+3600` or `-3600`; it may be written anew while it runs */
  readonly clockFile?: string
  /** its ARI is off: ready when its console says so */
  readonly isAriOff?: boolean
  /** whole files, by name without `.conf`, that go before those made of the rest of the wish */
  readonly files?: (ports: { readonly httpPort: number; readonly sipPort: number }) => Readonly<Record<string, string>>
}

/** A running Asterisk. */
export interface TestAsterisk {
  readonly ari: { readonly url: string; readonly user: string; readonly password: string }
  readonly sipPort: number
  /** its folders, config and log */
  readonly dir: string
  /** a command of its console */
  cli(command: string): Promise<string>
  /** channels and bridges that stand */
  standing(): Promise<{ channels: string[]; bridges: string[] }>
  /** it writes a recording of the call */
  isRecording(callId: string): boolean
  kill(): Promise<void>
  /** starts it again; nothing if it runs */
  start(): Promise<void>
  /** what its log says of warnings and errors */
  complaints(): Promise<string[]>
  stop(): Promise<void>
}

/** Starts an Asterisk and waits until it takes orders. */
export async function startAsterisk(wish: AsteriskWish): Promise<TestAsterisk> {
  if (!existsSync(binary) || !modules) throw new Error(`There is no ${binary}. Get it: scripts/install-asterisk.sh`)
  const dir = await mkdtemp(join(tmpdir(), 'hookswitch-asterisk-'))
  const [httpPort, sipPort] = [await findFreePort(), await findFreeUdpPort()]
  await configure(dir, { ...wish, httpPort, sipPort })
  const ari = { url: `http://127.0.0.1:${httpPort}`, user: 'hookswitch', password: 'only-for-tests' }
  const authorization = `Basic ${Buffer.from(`${ari.user}:${ari.password}`).toString('base64')}`
  const ask = (path: string) => fetch(`${ari.url}/ari${path}`, { headers: { authorization } })
  const configFile = join(dir, 'etc/asterisk.conf')
  let child: ChildProcess | undefined

  const cli = async (command: string): Promise<string> => (await promisify(execFile)(binary, ['-C', configFile, '-rx', command])).stdout
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null

  async function start(): Promise<void> {
    if (isRunning()) return
    // However the test's process ends, its Asterisk ends with it.
    const words = [...(existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : []), binary, '-f', '-C', configFile]
    const started = spawn(words[0]!, words.slice(1), { stdio: 'ignore', env: { ...process.env, ...clockOf(wish) } })
    child = started
    const lastAt = Date.now() + 20_000
    // refused → 404 → 503 → 200: only the last one takes orders (pbx 1)
    const isReady = async (): Promise<boolean> =>
      wish.isAriOff
        ? (await cli('core waitfullybooted').catch(() => '')).includes('fully booted')
        : (await ask('/asterisk/info').catch(() => undefined))?.status === 200
    while (!(await isReady())) {
      if (started.exitCode !== null || Date.now() > lastAt) throw new Error(`Asterisk did not start:\n${await readLog()}`)
      await wait(30)
    }
  }

  async function kill(): Promise<void> {
    const dying = child
    if (!dying || !isRunning()) return
    const gone = new Promise((resolve) => dying.once('exit', resolve))
    dying.kill('SIGKILL')
    await gone
  }

  const readLog = () => readFile(join(dir, 'log/messages.log'), 'utf8').catch(() => '(no log)')
  const test: TestAsterisk = {
    ari,
    sipPort,
    dir,
    start,
    kill,
    cli,
    async standing() {
      const [channels, bridges] = await Promise.all(
        ['/channels', '/bridges'].map(async (path) => ((await (await ask(path)).json()) as { id: string }[]).map(({ id }) => id)),
      )
      return { channels: channels!, bridges: bridges! }
    },
    isRecording: (callId) => ['', '-spoken'].some((side) => existsSync(join(dir, 'spool/recording', `hookswitch-${callId}${side}.wav`))),
    complaints: async () => (await readLog()).split('\n').filter((line) => /\] (WARNING|ERROR)/.test(line)),
    async stop() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
  try {
    await start()
    return test
  } catch (error) {
    await test.stop()
    throw error
  }
}

function clockOf({ clockFile }: AsteriskWish): Record<string, string> {
  if (clockFile === undefined || faketime === undefined) return {}
  return { LD_PRELOAD: faketime, FAKETIME_TIMESTAMP_FILE: clockFile, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}

/** A UDP port of loopback that nobody has. */
export async function findFreeUdpPort(): Promise<number> {
  const probe = createSocket('udp4')
  await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return port
}

async function configure(dir: string, wish: AsteriskWish & { httpPort: number; sipPort: number }): Promise<void> {
  // Neither the package nor Asterisk makes the folder for recordings (pbx 8).
  for (const folder of ['etc', 'lib/keys', 'spool/recording', 'run', 'log']) await mkdir(join(dir, folder), { recursive: true })
  const rtpStart = 20_000 + 2 * Math.floor(Math.random() * 5_000)
  const folders = Object.entries({
    astetcdir: `${dir}/etc`,
    astmoddir: modules,
    astvarlibdir: `${dir}/lib`,
    astdbdir: `${dir}/lib`,
    astkeydir: `${dir}/lib`,
    astdatadir: data,
    astagidir: `${dir}/lib/agi-bin`,
    astspooldir: `${dir}/spool`,
    astrundir: `${dir}/run`,
    astlogdir: `${dir}/log`,
  }).map(([name, path]) => `${name} => ${path}`)
  const files: Record<string, string> = {
    asterisk: ['[directories]', ...folders, '[options]', 'verbose = 3', 'nocolor = yes'].join('\n'),
    modules: ['[modules]', 'autoload=yes', ...[...quietModules, ...(wish.noload ?? [])].map((name) => `noload=${name}.so`)].join('\n'),
    http: `[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=${wish.httpPort}\nsessionlimit=200`,
    ari: '[general]\nenabled=yes\n[hookswitch]\ntype=user\nread_only=no\npassword=only-for-tests\npassword_format=plain',
    rtp: `[general]\nrtpstart=${rtpStart}\nrtpend=${rtpStart + 1_000}`,
    logger: '[general]\n[logfiles]\nmessages.log => notice,warning,error,verbose(3)',
    extensions: [
      '[internal]',
      'exten => _X.,1,Dial(PJSIP/${EXTEN},20)',
      'same => n,Hangup()',
      '[outside]',
      'exten => _[+0-9].,1,Dial(PJSIP/${EXTEN}@trunk,70)',
      'same => n,Hangup()',
      '; as many dialplans do: no word of a hang-up, so the channel stays and plays a tone',
      '[tones]',
      'exten => _X.,1,Dial(PJSIP/${EXTEN}@trunk,20)',
      '[from-trunk]',
      'exten => _[+0-9].,1,Stasis(hookswitch,incoming,${EXTEN})',
      'same => n,Set(CALLERID(name)=nobody took it)',
      'same => n,Answer()',
      'same => n,Hangup()',
      wish.dialplan ?? '',
    ].join('\n'),
    pjsip: describePjsip(wish),
    ...wish.files?.(wish),
  }
  for (const name of ['cdr', 'cel', 'features', 'udptl', 'ccss', 'acl', 'pjproject', 'websocket_client', 'indications']) files[name] ??= ''
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'etc', `${name}.conf`), `${text}\n`)
}

/** Channel drivers and databases that nobody asks for here, and that would open ports or complain. */
const quietModules = [
  'chan_sip',
  'chan_iax2',
  'chan_skinny',
  'chan_mgcp',
  'chan_unistim',
  'chan_ooh323',
  'chan_dahdi',
  'chan_console',
  'pbx_dundi',
  'pbx_lua',
  'pbx_ael',
  'res_config_odbc',
  'res_config_pgsql',
  'res_config_ldap',
  'cdr_pgsql',
  'cel_pgsql',
  'res_odbc',
  'res_phoneprov',
  'res_hep',
  'app_voicemail_imap',
  'app_voicemail_odbc',
  'res_xmpp',
  'chan_motif',
  'res_snmp',
  'res_smdi',
  'app_queue',
  'app_minivm',
  'app_festival',
  'app_alarmreceiver',
  'app_followme',
  'cdr_tds',
  'cel_tds',
  'cdr_radius',
  'cel_radius',
  'cdr_sqlite3_custom',
  'cel_sqlite3_custom',
  'res_config_sqlite3',
  'res_config_sqlite',
  'res_fax',
  'res_calendar',
  'chan_phone',
  'res_clialiases',
  'cdr_manager',
  'cel_manager',
  'cdr_csv',
  'cdr_custom',
  'cel_custom',
  'res_ari_mailboxes',
  'res_stun_monitor',
  'res_statsd',
  'res_resolver_unbound',
  'app_amd',
  'codec_dahdi',
  'res_timing_dahdi',
  'res_timing_pthread',
  'chan_alsa',
  'chan_oss',
]

function describePjsip({ phones, trunkPort, sipPort, endpointLines = [] }: AsteriskWish & { sipPort: number }): string {
  const endpoint = (name: string, lines: readonly string[]) =>
    [
      `[${name}]`,
      'type=endpoint',
      'disallow=all',
      'allow=alaw',
      'direct_media=no',
      'rtp_symmetric=yes',
      'force_rport=yes',
      `aors=${name}`,
      ...endpointLines,
      ...lines,
    ].join('\n')
  return [
    `[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:${sipPort}`,
    '[ws]\ntype=transport\nprotocol=ws\nbind=127.0.0.1',
    ...Object.entries(phones).map(([name, { contact }]) =>
      contact === undefined
        ? [
            endpoint(name, ['context=internal', `auth=${name}`]),
            `[${name}]\ntype=aor\nmax_contacts=5\nremove_existing=yes`,
            `[${name}]\ntype=auth\nauth_type=userpass\nusername=${name}\npassword=secret${name}`,
          ].join('\n')
        : `${endpoint(name, ['context=internal'])}\n[${name}]\ntype=aor\ncontact=sip:${name}@127.0.0.1:${contact}`,
    ),
    endpoint('trunk', ['context=from-trunk', 'from_domain=pbx.test']),
    `[trunk]\ntype=aor\ncontact=sip:127.0.0.1:${trunkPort}`,
    // A phone of the house says its name; whoever does not is the outside world.
    '[trunk]\ntype=identify\nendpoint=trunk\nmatch=127.0.0.1',
    '[global]\ntype=global\nendpoint_identifier_order=username,ip,anonymous',
  ].join('\n')
}
