/** Builds the web pages into `web/dist` if their sources changed since the last time; `npm start` and the browser tests need them. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'

const root = join(import.meta.dirname, '..')
const stamp = join(root, 'web/dist/.built-from')

/** Builds if it must. `say` is told before a build, which takes some seconds. Throws with what Vite said if it fails. */
export async function buildWeb(say: (text: string) => void = () => {}): Promise<void> {
  const sources = hashSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  say('Building the web pages …')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: join(root, 'web'),
      // Under a test runner it is `test`, and Vite would take the development build of React.
      env: { ...process.env, NODE_ENV: 'production' },
    })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`The web pages cannot be built:\n${stripVTControlCharacters(stdout + stderr).trimEnd()}`, { cause: error })
  }
  writeFileSync(stamp, sources)
}

/** Tests and dependencies' folders do not end up in the pages; the lock file stands for the dependencies. */
function hashSources(): string {
  const patterns = ['web/{src,public}/**', 'web/*.{html,ts,json}', 'sdk/src/**', 'package-lock.json']
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true, exclude: ['**/*.test.{ts,tsx}'] }))
  const hash = createHash('sha256')
  const paths = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.toSorted())
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex')
}

if (import.meta.main) {
  try {
    await buildWeb((text) => console.log(text))
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
