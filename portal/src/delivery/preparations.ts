/** Requests that are rendered while their dials are committed: the commit is waited for anyway. */
import type { Outgoing } from './send.ts'
import type { Job, WorkerPorts } from './worker-ports.ts'

/** Keeps the requests of dials that are being committed, by their ids, until they are forgotten. */
export function createPreparations<J extends Job>(render: WorkerPorts<J>['render']) {
  /** null: not rendered yet */
  const requests = new Map<number, Outgoing | null>()
  return {
    /** Renders in a moment, after what asked for it. What fails is tried again, and told, when the dial is to be posted. */
    begin(job: J): void {
      requests.set(job.id, null)
      setImmediate(() => {
        if (!requests.has(job.id)) return
        void Promise.resolve(job)
          .then(render)
          .then((request) => void (requests.has(job.id) && requests.set(job.id, request)))
          .catch(() => {})
      })
    },
    /** The request, when it is ready. */
    of: (job: J): Outgoing | null => requests.get(job.id) ?? null,
    forget: (job: J): void => void requests.delete(job.id),
  }
}
