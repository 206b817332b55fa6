import { event } from '../events/event.ts'
import { isoSeconds } from '../rest/router.ts'

/** A click, as its target gets it. */
export interface CallStarted {
  readonly phoneNumber: string
  readonly international: string
  readonly extension: string
  readonly userId: number
  readonly callListId: number
  readonly lineNumber: string
  readonly isMobile: boolean
  readonly callId: string
  readonly entityType: string
  readonly entityId: number
}

/** The fields of the event page of 2024, in its order. */
const fieldsOf2024 = ['USER_ID', 'PHONE_NUMBER', 'CRM_ENTITY_TYPE', 'CRM_ENTITY_ID', 'CALL_LIST_ID', 'LINE_NUMBER', 'CALL_ID'] as const

const sampleCallId = `externalCall.${'d'.repeat(32)}.1700000000`

/** Contract 2.1. Sent to the selected outgoing target alone. */
export const callStarted = event<CallStarted>({
  name: 'ONEXTERNALCALLSTART',
  scope: 'telephony',
  about: 'A person clicked a number and this app is the outgoing target: ring the person, then the customer.',
  deliveryClass: 'dial',
  callId: (fact) => fact.callId,
  sample: {
    phoneNumber: '(212) 555-0112',
    international: '+12125550112',
    extension: '',
    userId: 1,
    callListId: 0,
    lineNumber: '',
    isMobile: false,
    callId: sampleCallId,
    entityType: '',
    entityId: 0,
  },
  data: (fact) => ({
    PHONE_NUMBER: fact.phoneNumber,
    PHONE_NUMBER_INTERNATIONAL: fact.international,
    EXTENSION: fact.extension,
    USER_ID: fact.userId,
    CALL_LIST_ID: fact.callListId,
    LINE_NUMBER: fact.lineNumber,
    IS_MOBILE: fact.isMobile ? '1' : '0',
    CALL_ID: fact.callId,
    CRM_ENTITY_TYPE: fact.entityType,
    CRM_ENTITY_ID: fact.entityId,
  }),
  profiles: {
    '2018': ({ IS_MOBILE: _, CRM_ENTITY_TYPE: entityType, CRM_ENTITY_ID: entityId, ...data }) => ({
      ...data,
      CRM_ENTITY_TYPE: entityType === '' ? 'LEAD' : entityType,
      CRM_ENTITY_ID: entityId,
    }),
    '2024': (data) => ({
      ...Object.fromEntries(fieldsOf2024.map((field) => [field, data[field]])),
      IS_MOBILE: data['IS_MOBILE'] === '1' ? 'Y' : 'N',
    }),
  },
})

/** A visitor's request to be called back. */
export interface CallbackAsked {
  /** E.164 */
  readonly number: string
  readonly text: string
  readonly voice: string
  readonly entityType: string
  readonly entityId: number
  readonly lineNumber: string
  /** by which its deliveries are found: `callback.<id>`. There is no CALL_ID before the app registers the call */
  readonly requestKey: string
}

/** Contract 2.3. Sent to the target of the form alone. The visitor is no user: without tokens unless the form says so (contract 13.25). */
export const callbackAsked = event<CallbackAsked>({
  name: 'ONEXTERNALCALLBACKSTART',
  scope: 'telephony',
  about: 'A visitor asked to be called back by a callback form whose target this app is: choose the employee, dial, register with TYPE 4.',
  deliveryClass: 'dial',
  callId: (fact) => fact.requestKey,
  data: (fact) => ({
    PHONE_NUMBER: fact.number,
    TEXT: fact.text,
    VOICE: fact.voice,
    CRM_ENTITY_TYPE: fact.entityType,
    CRM_ENTITY_ID: fact.entityId,
    LINE_NUMBER: fact.lineNumber,
  }),
})

/** Contract 2.4: a call of an app was registered, by a click or by register. */
export const callInit = event<{ callId: string; type: number; number: string; appId: number | null }>({
  name: 'ONVOXIMPLANTCALLINIT',
  scope: 'telephony',
  about: 'A call was registered.',
  deliveryClass: 'notice',
  callId: (fact) => fact.callId,
  sample: { callId: sampleCallId, type: 1, number: '+12125550112', appId: 3 },
  data: (fact) => ({ CALL_ID: fact.callId, CALL_TYPE: fact.type, CALLER_ID: fact.number, REST_APP_ID: fact.appId }),
})

/** Contract 2.4: the conversation begins. Raised for calls whose app reports it (`hookswitch.call.progress`). */
export const callTalking = event<{ callId: string; userId: number }>({
  name: 'ONVOXIMPLANTCALLSTART',
  scope: 'telephony',
  about: 'The conversation begins.',
  deliveryClass: 'notice',
  callId: (fact) => fact.callId,
  sample: { callId: sampleCallId, userId: 1 },
  data: (fact) => ({ CALL_ID: fact.callId, USER_ID: fact.userId }),
})

/** The end of a call, as its statistics row has it. */
export interface CallEnded {
  readonly callId: string
  readonly type: number
  readonly number: string
  readonly portalNumber: string
  readonly userId: number
  readonly duration: number
  readonly startedAt: number
  readonly cost: number
  readonly costCurrency: string
  readonly statusCode: string
  readonly failedReason: string
  readonly activityId: number | null
}

/** Contract 2.4: the call stands in the statistics. */
export const callEnded = event<CallEnded>({
  name: 'ONVOXIMPLANTCALLEND',
  scope: 'telephony',
  about: 'A call was finished and stands in the statistics.',
  deliveryClass: 'notice',
  callId: (fact) => fact.callId,
  sample: {
    callId: sampleCallId,
    type: 1,
    number: '+12125550112',
    portalNumber: 'REST_APP:',
    userId: 1,
    duration: 34,
    startedAt: 1_700_000_000_000,
    cost: 0,
    costCurrency: 'USD',
    statusCode: '200',
    failedReason: '',
    activityId: 42,
  },
  data: (fact) => ({
    CALL_ID: fact.callId,
    CALL_TYPE: fact.type,
    PHONE_NUMBER: fact.number,
    PORTAL_NUMBER: fact.portalNumber,
    PORTAL_USER_ID: fact.userId,
    CALL_DURATION: fact.duration,
    CALL_START_DATE: isoSeconds(fact.startedAt),
    COST: fact.cost,
    COST_CURRENCY: fact.costCurrency,
    CALL_FAILED_CODE: fact.statusCode,
    CALL_FAILED_REASON: fact.failedReason,
    CRM_ACTIVITY_ID: fact.activityId,
  }),
})
