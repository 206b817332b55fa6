/** Tells an app that its background page was removed because it was too slow (contract 8.6). */
import type { Log } from '../log.ts'
import { buildForm } from '../rest/php.ts'
import type { Row } from '../store/tables.ts'
import type { AuthBlocks } from './auth-block.ts'
import type { PostForm } from './installs.ts'

/** Builds the teller. One POST to `errorHandlerUrl`, through the outbound guard; it carries no tokens. */
export function createSlowPages({ auth, log, post }: { auth: AuthBlocks; log: Log; post: PostForm }) {
  const running = new Set<Promise<void>>()

  const send = async (row: Row<'placement'>): Promise<void> => {
    const url = (JSON.parse(row.options) as Record<string, unknown>)['errorHandlerUrl']
    if (typeof url !== 'string') return
    const error = 'ERROR_PLACEMENT_LOADING_OVERTIME'
    const block = await auth.of({ portalId: row.portal_id, owner: `app:${row.app_id}`, event: error, userId: null })
    const { problem } = await post({ url, body: buildForm({ error, PLACEMENT: row.code, HANDLER: row.handler, auth: block }) })
    log.warn({ app: row.app_id, problem }, 'a background page was removed: it loaded too slowly too often')
  }

  return {
    tell(row: Row<'placement'>): void {
      const work = send(row).catch((err: unknown) => log.error({ err }, 'an app was not told that its background page was removed'))
      running.add(work)
      void work.finally(() => running.delete(work))
    },
    /** Waits for the POSTs under way. */
    stop: async (): Promise<void> => void (await Promise.all(running)),
  }
}
