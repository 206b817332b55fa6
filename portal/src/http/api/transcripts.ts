import { PortalError } from '../../errors.ts'
import type { Calls } from '../../telephony/calls.ts'
import type { Transcripts } from '../../telephony/transcripts.ts'
import { route, type Route } from './route.ts'
import { Transcript } from './schemas.ts'

/** `/calls/:callId/transcript`: what was said. */
export function transcriptRoutes({ calls, transcripts }: { calls: Pick<Calls, 'find'>; transcripts: Transcripts }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/calls/:callId/transcript',
      about: 'What was said in a call, in order; no lines when nobody attached a transcript.',
      access: 'user',
      answers: { 200: Transcript },
      async run({ caller, params }) {
        const callId = params['callId']!
        if (!(await calls.find(caller.portalId, callId))) throw new PortalError('call_unknown', { id: callId.slice(0, 100) })
        const transcript = await transcripts.find(caller.portalId, callId)
        return { id: transcript?.id ?? null, lines: transcript?.lines ?? [] }
      },
    }),
  ]
}
