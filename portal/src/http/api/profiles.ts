import { Type } from 'typebox'
import { PortalError } from '../../errors.ts'
import type { EventDeclaration } from '../../events/event.ts'
import { comparableEvents, diffProfiles } from '../../events/profile-diff.ts'
import { profileNames, wireProfiles } from '../../events/profiles.ts'
import { route, type Route } from './route.ts'
import { Handler, ProfileDiff, WireProfiles } from './schemas.ts'

/** `/profiles`: how bodies of events looked at known times, and how two of them differ. */
export function profileRoutes({ catalogue }: { catalogue: ReadonlyMap<string, EventDeclaration<never>> }): Route[] {
  const events = comparableEvents(catalogue)
  return [
    route({
      method: 'GET',
      path: '/profiles',
      about: 'The wire profiles, and the events that they can be compared for.',
      access: 'admin',
      answers: { 200: WireProfiles },
      run: () => ({ items: profileNames.map((name) => ({ name, about: wireProfiles[name].about })), events: [...events.keys()] }),
    }),
    route({
      method: 'GET',
      path: '/profiles/diff',
      about: 'Two wire profiles of an event, line by line, with sample values.',
      access: 'admin',
      query: Type.Object({
        first: Handler.properties.profile,
        second: Handler.properties.profile,
        event: Type.Optional(Type.String({ maxLength: 100, description: 'default: ONEXTERNALCALLSTART' })),
      }),
      answers: { 200: ProfileDiff },
      run({ query: { first, second, event: name = 'ONEXTERNALCALLSTART' } }) {
        const event = events.get(name.toUpperCase())
        if (!event) throw new PortalError('unknown_event', { event: name, known: [...events.keys()].join(', ') })
        return { event: event.name, lines: diffProfiles(event, first, second) }
      },
    }),
  ]
}
