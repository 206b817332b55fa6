/**
 * `npm test`: runs the lanes one after another and closes with `N passed, N failed`.
 *
 *   npm test -- --lane unit            one lane (or several: --lane unit,rest)
 *   npm test -- -t 'double click'      the tests whose names match
 *   npm test -- portal/src/crm         the test files whose paths contain that
 *   npm run test:long                  everything, at full length
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { chooseLanes, closingLine, countTests, describeResult, findFaults, isNarrowed, missingNeed, readWish } from './lanes.ts'
import type { Lane, LaneResult, VitestReport, Wish } from './lanes.ts'

const root = join(import.meta.dirname, '..')
const ci = process.env['CI'] === 'true'

interface Ended {
  exitCode: number
  /** What the command said, if it was not let through to the terminal. */
  output: string
}

interface Surroundings {
  env: NodeJS.ProcessEnv
  limitMs: number
}

/** Runs one command in a process group of its own, so that ending it ends what it started. */
async function runCommand(words: string[], { env, limitMs }: Surroundings, { quiet }: { quiet: boolean }): Promise<Ended> {
  const [command = '', ...args] = words
  const child = spawn(command, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // The group has ended by itself.
    }
  }
  const pass = () => end('SIGINT')
  process.on('SIGINT', pass).on('SIGTERM', pass)
  let late = ''
  const timer = setTimeout(() => {
    late = `${words.join(' ')} was ended after ${limitMs / 1000} s\n`
    end('SIGKILL')
  }, limitMs)
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  clearTimeout(timer)
  process.off('SIGINT', pass).off('SIGTERM', pass)
  if (late && !quiet) process.stdout.write(late)
  return { exitCode, output: Buffer.concat(chunks).toString() + late }
}

async function runCommands(commands: string[][], { env, limitMs }: Surroundings): Promise<Omit<LaneResult, 'name' | 'ms'>> {
  let failed = 0
  for (const words of commands) {
    const { exitCode, output } = await runCommand(words, { env, limitMs }, { quiet: true })
    if (exitCode === 0) continue
    failed = 1
    console.log(`$ ${words.join(' ')}\n${output.trimEnd()}`)
  }
  return { passed: 1 - failed, failed, skipped: 0 }
}

async function runVitest({ name }: Lane, wish: Wish, { env, limitMs }: Surroundings): Promise<Omit<LaneResult, 'name' | 'ms'>> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-test-'))
  const file = join(folder, 'report.json')
  const words = [
    'vitest',
    'run',
    '--project',
    name,
    '--passWithNoTests',
    '--silent=passed-only',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  if (wish.testName !== undefined) words.push('-t', wish.testName)
  const { exitCode } = await runCommand([...words, ...wish.files], { env, limitMs }, { quiet: false })
  let report: VitestReport | undefined
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  } catch {
    // Vitest ended before it could write one; its exit code tells the rest.
  }
  rmSync(folder, { recursive: true, force: true })
  return countTests(report, { exitCode, byName: wish.testName !== undefined })
}

async function runLane(lane: Lane, wish: Wish): Promise<LaneResult> {
  console.log(`\n── ${lane.name}`)
  const started = performance.now()
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    ...(wish.long && { LONG: '1' }),
  }
  const surroundings = { env, limitMs: wish.long ? lane.limitMs * 10 : lane.limitMs }
  const counts = lane.commands ? await runCommands(lane.commands, surroundings) : await runVitest(lane, wish, surroundings)
  const result = { name: lane.name, ...counts, ms: performance.now() - started }
  console.log(describeResult(result))
  return result
}

async function main(): Promise<void> {
  const wish = readWish(process.argv.slice(2), process.env)
  const results: LaneResult[] = []
  const leftOut: string[] = []
  for (const lane of chooseLanes(wish, root)) {
    const missing = missingNeed(lane, wish, { ci })
    if (missing === undefined) results.push(await runLane(lane, wish))
    else leftOut.push(missing)
  }
  console.log(`\n${results.map(describeResult).join('\n')}`)
  for (const words of leftOut) console.log(`  ! ${words}`)
  const faults = findFaults(results, { ci, narrowed: isNarrowed(wish) })
  for (const fault of faults) console.log(`  ✗ ${fault}`)
  console.log(`\n${closingLine(results)}`)
  process.exitCode = faults.length > 0 ? 1 : 0
}

try {
  await main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
