import { PortalError, type ErrorKey } from '../errors.ts'
import { method, type Method, type Methods } from '../rest/method.ts'
import { integer, integers, text } from '../rest/params.ts'
import type { Store } from '../store/store.ts'
import { voices } from './voices.ts'

/** What the rows need. */
export interface VoximplantMethodsParts {
  readonly store: Store
  /** the portal's own address; no slash at its end */
  readonly publicUrl: string
}

/** A method of the original's own telephony, which is not here: it is refused as the contract recommends (4.9), never a fake success. */
function refused(about: string, error: ErrorKey): Method {
  return method({
    scope: 'telephony',
    about,
    params: {},
    errors: [error],
    run() {
      throw new PortalError(error)
    },
  })
}

function refusedLine(about: string): Method {
  return method({
    scope: 'telephony',
    about,
    params: { FROM_LINE: text('line') },
    errors: ['own_line_unknown'],
    run({ params }) {
      throw new PortalError('own_line_unknown', { line: params.FROM_LINE?.slice(0, 100) ?? '' })
    },
  })
}

/** voximplant.* of a portal whose telephony is its apps' (contract 4.9, the end). */
export function voximplantMethods({ store, publicUrl }: VoximplantMethodsParts): Methods {
  return {
    'voximplant.user.get': method({
      scope: 'telephony',
      about:
        'Outgoing target and extension of users; there are no SIP devices of the portal. People without admin rights may ask for themselves.',
      params: { USER_ID: integers('user or users', 'phone_user_missing').required('phone_user_missing') },
      errors: ['phone_user_missing', 'phone_user_denied'],
      async run({ params, caller }) {
        const ids = [...new Set(params.USER_ID)]
        if (!caller.isAdmin && ids.some((id) => id !== caller.userId)) throw new PortalError('phone_user_denied')
        if (ids.length === 0) throw new PortalError('phone_user_missing')
        const users = await store.read
          .selectFrom('user')
          .select(['id', 'target', 'extension'])
          .where('portal_id', '=', caller.portalId)
          .where('id', 'in', ids)
          .orderBy('id')
          .execute()
        return users.map(presentPhone)
      },
    }),
    'voximplant.user.activatephone': refused('SIP devices of the portal are not there: ACCESS_DENIED.', 'access_denied'),
    'voximplant.user.deactivatephone': refused('SIP devices of the portal are not there: ACCESS_DENIED.', 'access_denied'),
    'voximplant.tts.voices.get': method({
      scope: 'telephony',
      about: 'Voices that a callback form can name.',
      params: {},
      errors: [],
      run: () => voices,
    }),
    'voximplant.url.get': method({
      scope: 'telephony',
      about: 'Addresses of the pages about telephony.',
      params: {},
      errors: [],
      run: () => ({
        detail_statistics: `${publicUrl}/calls`,
        buy_connector: `${publicUrl}/settings/telephony`,
        edit_config: `${publicUrl}/settings/telephony`,
        lines: `${publicUrl}/settings/telephony`,
      }),
    }),
    'voximplant.line.outgoing.sip.set': method({
      scope: 'telephony',
      about: 'SIP lines of the portal are not there: no CONFIG_ID is found.',
      params: { CONFIG_ID: integer('id of a SIP line') },
      errors: ['sip_config_unknown'],
      run() {
        throw new PortalError('sip_config_unknown')
      },
    }),
    ...Object.fromEntries(
      ['add', 'update', 'delete', 'get', 'status', 'connector.status'].map((verb) => [
        `voximplant.sip.${verb}`,
        refused('SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*).', 'access_denied'),
      ]),
    ),
    'voximplant.callback.start': refusedLine('The portal has no lines of its own to call from: ERROR_CORE.'),
    'voximplant.infocall.startwithtext': refusedLine('The portal has no lines of its own to call from: ERROR_CORE.'),
    'voximplant.infocall.startwithsound': refusedLine('The portal has no lines of its own to call from: ERROR_CORE.'),
  }
}

function presentPhone(user: { readonly id: number; readonly target: string | null; readonly extension: string | null }) {
  return {
    ID: String(user.id),
    DEFAULT_LINE: user.target,
    PHONE_ENABLED: 'N',
    SIP_SERVER: null,
    SIP_LOGIN: null,
    SIP_PASSWORD: null,
    INNER_NUMBER: user.extension,
  }
}
