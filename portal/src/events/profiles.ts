/** Wire profiles: the body of an event as it looked at known times, chosen for each handler (contract 1.2, 1.3, 2.1, 12). */

/** What is posted, before it becomes a form; keys in wire order. */
export interface EventBody {
  readonly event: string
  readonly event_handler_id: number
  readonly data: Readonly<Record<string, unknown>>
  readonly ts: number
  readonly auth: Readonly<Record<string, string>>
}

interface WireProfile {
  /** one line for the person who chooses */
  readonly about: string
  /** what differs outside `data`; events say themselves what their `data` was (`profiles` of a declaration) */
  shape?(body: EventBody): Readonly<Record<string, unknown>>
}

/** Keys that only a user's tokens bring. */
const tokenKeys: readonly string[] = ['access_token', 'expires', 'expires_in', 'user_id', 'refresh_token']
/** `auth` of an outgoing webhook (contract 1.3, Appendix A.2). */
const webhookKeys: readonly string[] = ['domain', 'server_endpoint', 'client_endpoint', 'member_id', 'application_token']

function keep(auth: EventBody['auth'], isKept: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(auth).filter(([key]) => isKept(key)))
}

/** Every profile by its name; `current` is the default. */
export const wireProfiles = {
  current: { about: 'Today.' },
  '2018': {
    about: 'Captures of 2018: no event_handler_id; a click has no IS_MOBILE and, without a card, CRM_ENTITY_TYPE LEAD.',
    shape: ({ event_handler_id: _, ...body }) => body,
  },
  '2024': { about: 'The event page of 2024: a click without PHONE_NUMBER_INTERNATIONAL and EXTENSION, IS_MOBILE Y or N.' },
  '2024-11': {
    about: 'The weeks after 26 November 2024: auth without server_endpoint.',
    shape: (body) => ({ ...body, auth: keep(body.auth, (key) => key !== 'server_endpoint') }),
  },
  'no-tokens': {
    about: 'As if nobody had caused the event: auth without access token and user.',
    shape: (body) => ({ ...body, auth: keep(body.auth, (key) => !tokenKeys.includes(key)) }),
  },
  webhook: {
    about: 'As an outgoing webhook gets it: auth holds its five keys only.',
    shape: (body) => ({ ...body, auth: keep(body.auth, (key) => webhookKeys.includes(key)) }),
  },
} as const satisfies Readonly<Record<string, WireProfile>>

/** Name of a profile. */
export type ProfileName = keyof typeof wireProfiles

/** All names, for those who choose. */
export const profileNames: readonly ProfileName[] = ['current', '2024-11', '2024', '2018', 'no-tokens', 'webhook']

/** A row may hold a name of another version: it then counts as `current`. */
export function readProfileName(name: string): ProfileName {
  return Object.hasOwn(wireProfiles, name) ? (name as ProfileName) : 'current'
}

/** The body in a profile. */
export function shapeBody(name: string, body: EventBody): Readonly<Record<string, unknown>> {
  const profile: WireProfile = wireProfiles[readProfileName(name)]
  return profile.shape ? profile.shape(body) : { ...body }
}
