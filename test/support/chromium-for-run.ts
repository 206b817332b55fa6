import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'
import type { FoundChromium } from './chromium.ts'

/** Vitest calls it once before a lane; `inject('chromium')` in a test is what `launchChromium` wants. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await findChromium())
}

declare module 'vitest' {
  interface ProvidedContext {
    /** A Chromium that starts on this machine. */
    chromium: FoundChromium
  }
}
