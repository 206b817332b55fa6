import { Type } from 'typebox'
import type { AppChecks } from '../../telephony/app-checks.ts'
import { readId } from './path-id.ts'
import { route, type Route } from './route.ts'
import { AppReport, TransferInput } from './schemas.ts'

const CheckQuery = Type.Object({ extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^[0-9]*$' })) })

/** The set-up of a phone app: what it says of its PBX, and a phone that is rung for a test. */
export function appCheckRoutes({ appChecks }: { appChecks: AppChecks }): Route[] {
  const idOf = (params: Readonly<Record<string, string>>) => readId(params['id'], 'app_not_found')
  return [
    route({
      method: 'GET',
      path: '/apps/:id/check',
      about: 'Asks a phone app what it finds at its PBX: rights, lines, the phone of an extension.',
      access: 'admin',
      query: CheckQuery,
      answers: { 200: AppReport },
      run: ({ caller, params, query }) => appChecks.check(caller.portalId, idOf(params), query.extension ?? ''),
    }),
    route({
      method: 'POST',
      path: '/apps/:id/ring',
      about: 'Asks a phone app to ring a phone for a test; whoever answers hears a tone. No call is registered.',
      access: 'admin',
      body: TransferInput,
      answers: { 204: null },
      run: ({ caller, params, body }) => appChecks.ring(caller.portalId, idOf(params), body.extension),
    }),
  ]
}
