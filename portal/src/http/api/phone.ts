import { Type } from 'typebox'
import type { Users } from '../../directory/users.ts'
import { PortalError } from '../../errors.ts'
import type { Phones } from '../../telephony/phones.ts'
import { route, type Route } from './route.ts'
import { PhoneAccess, PhoneOffer } from './schemas.ts'

/** The browser phone of the signed-in person; its signalling goes by `/v1/phone/socket`. */
export function phoneRoutes({ phones, users }: { phones: Phones; users: Pick<Users, 'find'> }): Route[] {
  const find = async ({ portalId, userId }: { portalId: number; userId: number }) => {
    const user = await users.find(portalId, userId)
    if (!user) throw new PortalError('not_signed_in')
    return user
  }
  return [
    route({
      method: 'GET',
      path: '/phone',
      about: 'Whether the signed-in person can have a phone in the browser.',
      access: 'user',
      answers: { 200: PhoneOffer },
      run: async ({ caller }) => ({ isOffered: await phones.isOffered(await find(caller)) }),
    }),
    route({
      // not a POST: answers of those are kept for repeats, and this one holds a password
      method: 'PUT',
      path: '/phone/access',
      about: "What the signed-in person's browser registers with, good for a while. The portal does not keep it.",
      access: 'user',
      body: Type.Object({}),
      answers: { 200: PhoneAccess },
      run: async ({ caller }) => phones.issue(await find(caller)),
    }),
  ]
}
