import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A loopback TCP port that was free a moment ago.
 * The kernel hands ephemeral ports out in turn, so two callers do not get the same one soon; whoever binds it must still
 * be ready to fail and ask again. Where the server under test can listen on port 0 itself, prefer that.
 */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, host, resolve)
  })
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
