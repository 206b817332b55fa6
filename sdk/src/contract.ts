/**
 * The events of the portal and the methods with typed results, from contract 1.3, 2, 4 and 7.4. They hold for every portal that speaks the
 * contract. The parameters of all methods of Hookswitch are generated: method-params.ts.
 *
 * Every value of an event is a string on the wire (contract 0.3), also ids, flags and times.
 */

/** `auth` of an event. Which keys are there depends on the case: see the presence matrix of contract 1.3. */
export interface EventAuth {
  /** Host of the portal, without a scheme. */
  readonly domain: string
  /** `https://<oauth host>/rest/` */
  readonly server_endpoint: string
  /** `https://<portal>/rest/` */
  readonly client_endpoint: string
  /** 32 hex digits, constant per portal. */
  readonly member_id: string
  /** Proof that the sender is the portal. Constant per installation. */
  readonly application_token: string
  /** Only when a user caused the event. */
  readonly access_token?: string
  /** Unix seconds. */
  readonly expires?: string
  /** Seconds. */
  readonly expires_in?: string
  /** Comma-separated list of everything granted. */
  readonly scope?: string
  readonly status?: string
  /** Owner of the access token. */
  readonly user_id?: string
  /** Only ONAPPINSTALL, ONAPPUPDATE and ONOFFLINEEVENT. */
  readonly refresh_token?: string
}

/** A user clicked a number: dial it (contract 2.1). The call is registered already; finish it with this CALL_ID, never register again. */
export interface ExternalCallStart {
  /** The number as it stands in the card. */
  readonly PHONE_NUMBER: string
  /** Normalised, `+…`; or the echo of PHONE_NUMBER if it cannot be read. */
  readonly PHONE_NUMBER_INTERNATIONAL: string
  /** Digits to send after the answer, or empty. */
  readonly EXTENSION: string
  /** The user who clicked. */
  readonly USER_ID: string
  /** `0` outside a call list. */
  readonly CALL_LIST_ID: string
  /** Number of the app's line, or empty when the app itself is the outgoing target. */
  readonly LINE_NUMBER: string
  /** `0` or `1`; the 2024 profile says `Y` or `N`. */
  readonly IS_MOBILE: string
  /** `externalCall.<32 hex>.<unix seconds>` */
  readonly CALL_ID: string
  /** `CONTACT`, `COMPANY`, `LEAD`, or empty. */
  readonly CRM_ENTITY_TYPE: string
  readonly CRM_ENTITY_ID: string
}

/** A site visitor asked to be called back (contract 2.3). No CALL_ID: the app registers the call itself with TYPE 4. */
export interface ExternalCallBackStart {
  readonly PHONE_NUMBER: string
  readonly TEXT: string
  readonly VOICE: string
  readonly CRM_ENTITY_TYPE: string
  readonly CRM_ENTITY_ID: string
  readonly LINE_NUMBER: string
}

/** A call was created (contract 2.4). */
export interface VoximplantCallInit {
  readonly CALL_ID: string
  readonly CALL_TYPE: string
  /** Of an app's call: the client's number. */
  readonly CALLER_ID: string
  readonly REST_APP_ID?: string
}

/** A conversation began (contract 2.4). */
export interface VoximplantCallStart {
  readonly CALL_ID: string
  readonly USER_ID: string
}

/** A call was written to the history (contract 2.4). */
export interface VoximplantCallEnd {
  readonly CALL_ID: string
  readonly CALL_TYPE: string
  readonly PHONE_NUMBER: string
  readonly PORTAL_NUMBER: string
  readonly PORTAL_USER_ID: string
  /** Seconds. */
  readonly CALL_DURATION: string
  /** ISO 8601 with offset. */
  readonly CALL_START_DATE: string
  readonly COST: string
  readonly COST_CURRENCY: string
  readonly CALL_FAILED_CODE: string
  readonly CALL_FAILED_REASON: string
  readonly CRM_ACTIVITY_ID?: string
}

/** The app was installed (contract 7.4). A local app gets VERSION and LANGUAGE_ID only. */
export interface AppInstall {
  readonly VERSION: string
  readonly LANGUAGE_ID: string
  readonly ACTIVE?: string
  readonly INSTALLED?: string
}

/** The app was removed; no token of it works any longer (contract 7.4). */
export interface AppUninstall {
  readonly LANGUAGE_ID: string
  /** `1` when the app's data is to be forgotten too. */
  readonly CLEAN: string
}

/** `data` of each event, by its wire name. */
export interface PortalEvents {
  readonly ONEXTERNALCALLSTART: ExternalCallStart
  readonly ONEXTERNALCALLBACKSTART: ExternalCallBackStart
  readonly ONVOXIMPLANTCALLINIT: VoximplantCallInit
  readonly ONVOXIMPLANTCALLSTART: VoximplantCallStart
  readonly ONVOXIMPLANTCALLEND: VoximplantCallEnd
  readonly ONAPPINSTALL: AppInstall
  readonly ONAPPUNINSTALL: AppUninstall
}

/** Wire name of an event that has a type here. Others are received too, as plain maps. */
export type EventName = keyof PortalEvents

/** Outcome of a call (contract 4.3, STATUS_CODE). The portal stores unknown ones as given. */
export type StatusCode = '200' | '304' | '402' | '403' | '404' | '423' | '480' | '484' | '486' | '503' | '603' | '603-S' | 'OTHER'

/** Parameters of `telephony.externalCall.finish` (contract 4.3). One of USER_ID and USER_PHONE_INNER is needed. */
export interface FinishParams {
  readonly CALL_ID: string
  readonly USER_ID?: number | string
  readonly USER_PHONE_INNER?: string
  /** Seconds. */
  readonly DURATION?: number
  readonly STATUS_CODE?: StatusCode
  readonly FAILED_REASON?: string
  readonly ADD_TO_CHAT?: 0 | 1
}

/** Parameters of `telephony.externalCall.register` (contract 4.2). */
export interface RegisterParams {
  readonly USER_ID?: number | string
  readonly USER_PHONE_INNER?: string
  readonly PHONE_NUMBER: string
  /** 1 out, 2 in, 3 in and redirected, 4 callback. */
  readonly TYPE: 1 | 2 | 3 | 4
  /** ISO 8601 with zone. */
  readonly CALL_START_DATE?: string
  readonly CRM_CREATE?: 0 | 1
  readonly SHOW?: 0 | 1
  readonly LINE_NUMBER?: string
  /** Id of the call at the PBX. A second register with the same one answers the same CALL_ID. */
  readonly EXTERNAL_CALL_ID?: string
}

/** One hit of `telephony.externalCall.searchCrmEntities` (contract 4.5), best first. */
export interface CrmHit {
  readonly CRM_ENTITY_TYPE: string
  readonly CRM_ENTITY_ID: number
  readonly ASSIGNED_BY_ID: number
  readonly NAME: string
  /** The responsible user; TIMEMAN_STATUS is OPENED while they are at work. */
  readonly ASSIGNED_BY?: { readonly TIMEMAN_STATUS?: string }
}

/** What of a `user.get` row a connector needs (contract 14.3). */
export interface UserRow {
  readonly ID: string
  readonly ACTIVE: boolean
  readonly NAME?: string | null
  readonly LAST_NAME?: string | null
  /** The user's extension. */
  readonly UF_PHONE_INNER?: string | null
}

interface Method<Params, Result> {
  readonly params: Params
  readonly result: Result
}

/** Parameters and result of the methods that have a type here, by their wire name. Every other method can be called untyped. */
export interface PortalMethods {
  readonly 'telephony.externalCall.register': Method<RegisterParams, { readonly CALL_ID: string }>
  readonly 'telephony.externalCall.finish': Method<FinishParams, Readonly<Record<string, unknown>>>
  readonly 'telephony.externalCall.show': Method<
    { readonly CALL_ID: string; readonly USER_ID?: number | string | readonly number[] },
    boolean
  >
  readonly 'telephony.externalCall.hide': Method<
    { readonly CALL_ID: string; readonly USER_ID?: number | string | readonly number[] },
    boolean
  >
  readonly 'telephony.externalCall.searchCrmEntities': Method<{ readonly PHONE_NUMBER: string }, readonly CrmHit[]>
  /** The two-step form (mode C); use `attachRecord` of the client for the whole. */
  readonly 'telephony.externalCall.attachRecord': Method<
    { readonly CALL_ID: string; readonly FILENAME: string },
    { readonly uploadUrl: string; readonly fieldName: string }
  >
  readonly 'telephony.externalLine.add': Method<
    { readonly NUMBER: string; readonly NAME?: string; readonly CRM_AUTO_CREATE?: 'Y' | 'N' },
    { readonly ID: number }
  >
  readonly 'event.bind': Method<{ readonly event: string; readonly handler: string; readonly auth_type?: number }, boolean>
  readonly 'event.unbind': Method<{ readonly event: string; readonly handler: string }, { readonly count: number }>
  /** Filters stand beside the other parameters. */
  readonly 'user.get': Method<{ readonly ID?: number | string; readonly [filter: string]: unknown }, readonly UserRow[]>
  /** Hookswitch's extension: the states that the contract has no message for. Another portal answers ERROR_METHOD_NOT_FOUND. */
  readonly 'hookswitch.call.progress': Method<{ readonly CALL_ID: string; readonly STATE: CallProgress; readonly AT: string }, unknown>
}

/** A middle state of a call, as told to the portal while it lasts. */
export type CallProgress = 'ringing_agent' | 'ringing_client' | 'talking'

/** Wire name of a method that has a type here. */
export type MethodName = keyof PortalMethods
