import { defineConfig } from 'vitest/config'
import type { TestProjectInlineConfiguration } from 'vitest/config'

/** `npm run test:long` sets it: tests with a short and a long form then run the long one, and every limit is ten times as long. */
const long = process.env['LONG'] === '1'

/**
 * A lane of `npm test`; `limitMs` is for one test, and for one hook. `retry`: tests whose other side is a program with a clock of its own (a browser, a
 * PBX, killed processes) get another try on a busy machine.
 */
function lane(
  name: string,
  limitMs: number,
  files: { include: string[]; globalSetup?: string[]; retry?: number },
): TestProjectInlineConfiguration {
  const limit = long ? limitMs * 10 : limitMs
  return { extends: true, test: { name, ...files, testTimeout: limit, hookTimeout: Math.max(limit, 30_000) } }
}

const postgres = './test/support/postgres-for-run.ts'
const chromium = './test/support/chromium-for-run.ts'
const web = './test/support/web-for-run.ts'

export default defineConfig({
  test: {
    // Module state is forbidden in this project, so files may share their modules; that saves most of the start-up time.
    isolate: false,
    // Processes, not threads: the store has a thread of its own, and tests send signals.
    pool: 'forks',
    maxWorkers: 2,
    exclude: ['**/node_modules/**', '**/dist/**'],
    teardownTimeout: 20_000,
    projects: [
      lane('support', 60_000, { include: ['test/support/**/*.test.ts', 'scripts/**/*.test.ts'], globalSetup: [postgres, chromium] }),
      lane('unit', 20_000, { include: ['{portal,sdk,connector,web}/src/**/*.test.{ts,tsx}', 'test/law/**/*.test.ts'] }),
      lane('conformance', 20_000, { include: ['test/conformance/**/*.test.ts'], globalSetup: [postgres], retry: 1 }),
      lane('rest', 20_000, { include: ['test/rest/**/*.test.ts'] }),
      lane('proofs', 20_000, { include: ['test/proofs/**/*.test.ts'] }),
      lane('browser', 60_000, { include: ['test/browser/**/*.test.ts'], globalSetup: [chromium, web], retry: 1 }),
      // measures; long runs alone have it
      lane('growth', 60_000, { include: ['test/bench/growth.test.ts'], globalSetup: [postgres] }),
      lane('pbx', 60_000, { include: ['test/pbx/**/*.test.ts'], globalSetup: [chromium, web], retry: 2 }),
    ],
  },
})
