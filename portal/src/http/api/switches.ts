import { Type } from 'typebox'
import type { SwitchBoard } from '../../directory/switches.ts'
import { route, type Route } from './route.ts'
import { Switches } from './schemas.ts'

/** `/switches`: how closely the portal behaves as the original did at known times. */
export function switchRoutes({ switches }: { switches: SwitchBoard }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/switches',
      about: 'The compatibility switches.',
      access: 'admin',
      answers: { 200: Switches },
      run: ({ caller }) => switches.of(caller.portalId),
    }),
    route({
      method: 'PATCH',
      path: '/switches',
      about: 'Changes some of the compatibility switches.',
      access: 'admin',
      body: Type.Partial(Switches),
      answers: { 200: Switches },
      run: ({ caller, body }) => switches.change(caller.portalId, body),
    }),
  ]
}
