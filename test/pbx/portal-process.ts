/** An office whose portal is a process of its own, as it ships: it can be killed, and what it costs is not the test's. */
import { portalProcess, type PortalProcess } from '../support/processes.ts'
import type { TestPortal } from '../support/portal.ts'

/** Stops the portal in the test's process and starts it again as one of its own, on the same data and the same port. */
export async function movePortal({ portal, dataDir, url, admin }: TestPortal): Promise<PortalProcess> {
  await portal.stop()
  const moved = await portalProcess({
    dataDir,
    port: Number(new URL(url).port),
    cookie: admin.cookie,
    origin: url,
    settings: { HOOKSWITCH_HOST: '127.0.0.1', HOOKSWITCH_OUTBOUND_ALLOW_PRIVATE: 'loopback', HOOKSWITCH_LOG_LEVEL: 'silent' },
  })
  await moved.start()
  return moved
}
