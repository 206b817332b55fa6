import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const run = promisify(execFile)

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Chromium asks the outside for nothing, and has a microphone that hums; what Playwright sets by itself is not repeated. */
const launchArgs = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
]

/**
 * The path of a Chromium that starts: the system's, else the one that the npm package `@sparticuz/chromium` carries,
 * unpacked once a version. The variable `CHROMIUM` names another one. Throws one line that says how to get it.
 */
export async function findChromium(): Promise<string> {
  const path = process.env['CHROMIUM'] || systemPaths.find((candidate) => existsSync(candidate)) || (await unpackChromium())
  try {
    await run(path, ['--version'], { timeout: 30_000 })
    return path
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    const missing = /lib\S+\.so\S*(?=: cannot open)/.exec(stderr)
    const why = missing ? `${missing[0]} is missing` : message.split('\n')[0]
    throw new Error(`Chromium at ${path} does not start (${why}). Get it: apt-get install -y chromium`, { cause: error })
  }
}

/** Starts a headless browser. The caller closes it. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, headless: true, args: launchArgs })
}

/**
 * The package unpacks into the folder for temporary files and takes whatever stands there under the name `chromium`.
 * So it is given a new folder, which gets its final name only when it is complete.
 */
export async function unpackChromium(): Promise<string> {
  const name = '@sparticuz/chromium'
  const manifest = findPackageJSON(name, import.meta.url)
  if (!manifest) throw new Error(`There is neither Chromium nor the npm package ${name}. Get it: npm ci`)
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  const folder = join(tmpdir(), `hookswitch-chromium-${version}-${process.getuid?.() ?? 0}`)
  const path = join(folder, 'chromium')
  if (existsSync(path)) return path

  const { default: carried } = await import('@sparticuz/chromium')
  const fresh = await mkdtemp(`${folder}-`)
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = fresh
  try {
    await carried.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
  try {
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  return path
}
