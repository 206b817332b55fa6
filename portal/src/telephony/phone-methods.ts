import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { text } from '../rest/params.ts'
import type { Phones } from './phones.ts'

function appOf(caller: Caller): number {
  if (caller.appId === null) throw new PortalError('wrong_auth_type')
  return caller.appId
}

/** Our extension: an app that drives a PBX gives out browser phones (decision 0013). */
export function phoneMethods({ phones }: { phones: Phones }): Methods {
  return {
    'hookswitch.phone.set': method({
      scope: 'telephony',
      context: 'app',
      about:
        'Our extension: says where the app is asked for browser phones and to hand a talk over, and where the signalling of the phones goes. Without SOCKET it gives out no phones; without both it is asked for nothing.',
      params: { URL: text('http or https address that is asked'), SOCKET: text('ws or wss address of the PBX') },
      errors: ['wrong_auth_type', 'access_denied', 'phone_address', 'phone_address_blocked'],
      async run({ params, caller }) {
        if (!caller.isAdmin) throw new PortalError('access_denied')
        await phones.offer({ portalId: caller.portalId, appId: appOf(caller) }, { url: params.URL ?? '', socket: params.SOCKET ?? '' })
        return true
      },
    }),
  }
}
