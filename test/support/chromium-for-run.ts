import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'

/** Vitest calls it once before a lane; `inject('chromiumPath')` in a test is what `launchChromium` wants. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('chromiumPath', await findChromium())
}

declare module 'vitest' {
  interface ProvidedContext {
    /** A Chromium that starts on this machine. */
    chromiumPath: string
  }
}
