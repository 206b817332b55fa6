/**
 * `npm run bench:calls`: so many calls at once through the portal, the connector and a real Asterisk with SIP phones: how long after the click the
 * desk's INVITE comes, and that every call is finished right.
 *
 *   npm run bench:calls -- --calls 100 --rounds 3
 *
 * All of it shares the machine: portal and connector as they ship, Asterisk, and the phones, which send and hear sound; each a process of its own. The
 * figures are those of `many-calls.test.ts`. A machine that does something else besides says nothing: its load before each round is printed.
 */
import { spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({ options: { calls: { type: 'string', default: '100' }, rounds: { type: 'string', default: '3' } } })
const root = join(import.meta.dirname, '../..')
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  // limits of a long run
  LONG: '1',
  HOOKSWITCH_TEST_CALLS: options.calls,
}
console.log(`${cpus().length} cores, Node ${process.version}`)
for (let round = 1; round <= Number(options.rounds); round += 1) {
  const load = loadavg()[0]!.toFixed(1)
  const { status, stdout, stderr } = spawnSync('vitest', ['run', '--project', 'pbx', '--retry=0', 'test/pbx/many-calls.test.ts'], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  const figures = stdout.split('\n').filter((line) => line.includes('calls at once: click'))
  console.log(`round ${round}, load before it ${load}: ${figures.join(' ') || `${stdout}${stderr}`}`)
  if (status !== 0) process.exitCode = 1
}
