/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Frame, Page } from 'playwright-core'
import type { TestPortal } from '../support/portal.ts'
import { startListener, type Listener } from '../support/listener.ts'

const sdkFile = join(dirname(createRequire(import.meta.url).resolve('@bitrix24/b24jssdk')), '../umd/index.min.js')

/** Serves an app's pages and the official SDK for them: `pages` by path, each a script that runs with the SDK loaded; `/hangs` never answers. */
export async function startAppServer(pages: Readonly<Record<string, string>>): Promise<Listener & { readonly origin: string }> {
  const app = await startListener()
  const sdk = readFileSync(sdkFile)
  app.answer((response, { path }) => {
    if (path === '/sdk.js') return void response.setHeader('content-type', 'text/javascript').end(sdk)
    if (path.startsWith('/hangs')) return
    const script = pages[path.split('?')[0]!]
    if (script === undefined) return void response.end()
    return void response
      .setHeader('content-type', 'text/html; charset=utf-8')
      .end(
        `<!doctype html><meta charset="utf-8"><title>App</title><script src="/sdk.js"></script><body><script type="module">${script}</script>`,
      )
  })
  return { ...app, origin: new URL(app.url).origin }
}

/** The page of an app at this path, wherever it stands. */
export async function appFrame(page: Page, path: string): Promise<Frame> {
  const find = (): Frame | undefined => page.frames().find((frame) => URL.canParse(frame.url()) && new URL(frame.url()).pathname === path)
  const known = find()
  if (known) return known
  await page.waitForEvent('framenavigated', { predicate: (frame) => URL.canParse(frame.url()) && new URL(frame.url()).pathname === path })
  return find()!
}

/** Puts an open call on another card, as what changes a call's customer does; the browsers hear of it by the next word about the call. */
export async function moveCall(house: TestPortal, { callId, type, id }: { callId: string; type: string; id: number }): Promise<void> {
  const { store } = house.portal
  await store.transaction((tx) =>
    tx.write(store.build.updateTable('call').set({ entity_type: type, entity_id: id }).where('call_id', '=', callId)),
  )
}
