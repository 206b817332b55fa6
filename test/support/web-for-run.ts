import { buildWeb } from '../../scripts/build-web.ts'

/** Vitest calls it once before a lane: the portal then has pages to serve. */
export async function setup(): Promise<void> {
  await buildWeb()
}
