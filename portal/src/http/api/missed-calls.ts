import type { MissedCalls } from '../../telephony/missed-calls.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { MissedCallCount } from './schemas.ts'

/** `/missed-calls`: those that the caller has not looked at. */
export function missedCallRoutes({ missedCalls }: { readonly missedCalls: MissedCalls }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/missed-calls',
      about: 'How many missed calls the caller was told of and has not looked at.',
      access: 'user',
      answers: { 200: MissedCallCount },
      run: async ({ caller }) => ({ count: await missedCalls.count(caller.portalId, caller.userId) }),
    }),
    route({
      method: 'POST',
      path: '/missed-calls/looked-at',
      about: 'The caller looks at the calls: none is counted any more.',
      access: 'user',
      answers: { 204: null },
      async run({ caller }) {
        await missedCalls.look(caller.portalId, caller.userId)
        return new ApiAnswer(204, null)
      },
    }),
  ]
}
