import { idOf, ownerOf, type Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { Listed, method, type Methods } from '../rest/method.ts'
import { anything, decimal, flag, integer, integers, isoTime, map, text } from '../rest/params.ts'
import { isoSeconds } from '../rest/router.ts'
import { readSort } from '../rest/sort.ts'
import { beginningOf } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { CrmOfCalls, CalledCard } from '../crm/call-crm.ts'
import { attachRecord, readContent } from './attach-record.ts'
import type { Calls } from './calls.ts'
import type { Finished } from './finish.ts'
import { isSuccess } from './outcome.ts'
import type { Recordings } from './recordings.ts'
import type { Reporter } from './reporter.ts'
import { searchCallers } from './search-callers.ts'
import { listStatistics } from './statistics.ts'

/** What the telephony methods need. */
export interface TelephonyMethodsParts {
  readonly store: Store
  readonly calls: Calls
  readonly recordings: Recordings
  readonly crm: CrmOfCalls
  /** the portal's own address; no slash at its end */
  readonly publicUrl: string
  /** milliseconds since 1970 */
  now(): number
}

function reporterOf(caller: Caller): Reporter {
  return { portalId: caller.portalId, userId: caller.userId, owner: ownerOf(caller) }
}

const entityTypes: ReadonlySet<string> = new Set(['CONTACT', 'COMPANY', 'LEAD'])

function readEntity(type: string | undefined, id: number | undefined): CalledCard | null {
  const upper = type?.toUpperCase() ?? ''
  return entityTypes.has(upper) && id !== undefined && id > 0 ? { type: upper as CalledCard['type'], id } : null
}

function cut(text: string | undefined, most: number): string | undefined {
  return text === undefined ? undefined : beginningOf(text, most)
}

const callId = text('id of the call', 'call_id_text')
const userIds = integers('user or users')

/** telephony.externalCall.* (contract 4.2–4.6) and our own report of progress. */
export function callMethods(parts: TelephonyMethodsParts): Methods {
  const { calls, recordings, store } = parts
  return {
    'telephony.externalcall.register': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: 'Registers a call of the app, or answers the open one of the same key.',
      params: {
        USER_ID: integer('owner of the call', 'call_user_unknown'),
        USER_PHONE_INNER: text('extension of the owner, instead of USER_ID'),
        PHONE_NUMBER: text("the customer's number", 'phone_format'),
        TYPE: integer('1 out, 2 in, 3 in redirected, 4 callback, 5 info', 'call_type'),
        CALL_START_DATE: isoTime('start of the call; now if absent', 'call_start_date'),
        CRM_CREATE: flag('make a lead, or a contact with a deal, of an unknown number; no if absent'),
        CRM_SOURCE: text('source of what is made; CALL if absent'),
        CRM_ENTITY_TYPE: text('CONTACT, COMPANY or LEAD; searched by number if absent'),
        CRM_ENTITY_ID: integer('id of the card'),
        SHOW: flag('show the call card; yes if absent'),
        ADD_TO_CHAT: flag("a note on the card's timeline; yes if absent"),
        CALL_LIST_ID: integer('id of the call list that the event named'),
        LINE_NUMBER: text('number of the external line'),
        EXTERNAL_CALL_ID: text('id of the call in the PBX'),
      },
      errors: ['call_user_missing', 'call_type', 'call_start_date', 'phone_format', 'call_user_unknown'],
      async run({ params, caller }) {
        const userId = givenUser(params.USER_ID)
        if (userId === undefined && params.USER_PHONE_INNER === undefined) throw new PortalError('call_user_missing')
        const registered = await calls.register(reporterOf(caller), {
          userId,
          userPhoneInner: params.USER_PHONE_INNER,
          phoneNumber: params.PHONE_NUMBER ?? '',
          type: params.TYPE ?? 0,
          startedAt: params.CALL_START_DATE,
          crmCreate: params.CRM_CREATE === true,
          crmSource: params.CRM_SOURCE ?? '',
          entity: readEntity(params.CRM_ENTITY_TYPE, params.CRM_ENTITY_ID),
          show: params.SHOW ?? true,
          note: params.ADD_TO_CHAT ?? true,
          callListId: params.CALL_LIST_ID ?? 0,
          lineNumber: cut(params.LINE_NUMBER, 255),
          externalCallId: cut(params.EXTERNAL_CALL_ID, 255),
        })
        const { call, made, problem } = registered
        return {
          CALL_ID: call.call_id,
          CRM_CREATED_LEAD: made.find((card) => card.type === 'LEAD')?.id ?? null,
          CRM_CREATED_ENTITIES: JSON.parse(call.created_entities) as unknown,
          CRM_ENTITY_TYPE: call.entity_type,
          CRM_ENTITY_ID: call.entity_id === 0 ? null : call.entity_id,
          ...(problem !== null && { LEAD_CREATION_ERROR: problem }),
        }
      },
    }),
    'telephony.externalcall.finish': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: 'Finishes a call: statistics, activity, closed call card.',
      params: {
        CALL_ID: callId.required('call_id_text'),
        USER_ID: integer('user to be credited', 'call_user_unknown'),
        USER_PHONE_INNER: text('extension of the user, instead of USER_ID'),
        DURATION: decimal('seconds of talk, a fraction is cut off; 0 if absent'),
        COST: decimal('what the call cost; 0 if absent'),
        COST_CURRENCY: text('currency of COST'),
        STATUS_CODE: text('outcome, such as 200, 304 or 486; if absent 200 with a DURATION, else 304'),
        FAILED_REASON: text('why it failed, in words'),
        RECORD_URL: text('fetched in the background; deprecated'),
        VOTE: decimal("the customer's mark, 1 to 5"),
        ADD_TO_CHAT: flag("a note on the card's timeline; yes if absent"),
      },
      errors: ['call_id_text', 'call_user_missing', 'call_not_found', 'call_user_unknown'],
      async run({ params, caller }) {
        const finished = await calls.finish(reporterOf(caller), params.CALL_ID, {
          userId: givenUser(params.USER_ID),
          userPhoneInner: params.USER_PHONE_INNER,
          duration: Math.max(0, Math.trunc(params.DURATION ?? 0)),
          statusCode: cut(params.STATUS_CODE, 50),
          failedReason: cut(params.FAILED_REASON, 500) ?? '',
          cost: params.COST ?? 0,
          costCurrency: cut(params.COST_CURRENCY, 10) ?? '',
          vote: readVote(params.VOTE),
          note: params.ADD_TO_CHAT ?? true,
          recordUrl: params.RECORD_URL,
        })
        return presentFinished(finished)
      },
    }),
    'telephony.externalcall.show': method({
      scope: 'telephony',
      about: 'Shows the call card to users; by default to the owner of the call.',
      params: { CALL_ID: callId, USER_ID: userIds },
      errors: ['call_id_text'],
      run: ({ params, caller }) => calls.show(reporterOf(caller), params.CALL_ID ?? '', params.USER_ID),
    }),
    'telephony.externalcall.hide': method({
      scope: 'telephony',
      about: 'Hides the call card from users; by default from everybody.',
      params: { CALL_ID: callId, USER_ID: userIds },
      errors: ['call_id_text'],
      run: ({ params, caller }) => calls.hide(reporterOf(caller), params.CALL_ID ?? '', params.USER_ID),
    }),
    'telephony.externalcall.searchcrmentities': method({
      scope: 'telephony',
      about: 'Contacts, companies and leads with this number, best match first.',
      params: { PHONE_NUMBER: text("the customer's number").required('search_phone_empty') },
      errors: ['search_phone_empty'],
      run: ({ params, caller }) => searchCallers(parts, caller.portalId, params.PHONE_NUMBER),
    }),
    'telephony.externalcall.attachrecord': method({
      scope: 'telephony',
      about: 'Attaches the recording of a finished call: by URL, inline, or by an upload address.',
      params: {
        CALL_ID: callId,
        RECORD_URL: text('fetched within the request'),
        FILENAME: text('ends in wav or mp3'),
        FILE_CONTENT: text('base64', 'record_base64'),
        CFILE_CONTENT: text('the same, as older pages spell it', 'record_base64'),
      },
      errors: [
        'call_id_text',
        'record_parameters',
        'record_not_finished',
        'record_name_empty',
        'record_extension',
        'record_empty',
        'record_base64',
        'record_http',
        'record_unreachable',
        'record_too_large',
      ],
      run: ({ params, caller, sent }) =>
        attachRecord({ recordings, calls, caller, params: { ...params, content: readContent(params, sent) } }),
    }),
    'hookswitch.call.progress': method({
      scope: 'telephony',
      about: 'Our extension: a middle state of a call, shown live on the call card. Connectors that do not know it work without.',
      params: {
        CALL_ID: callId.required('call_id_text'),
        STATE: text('ringing_agent, ringing_client or talking').required('progress_state'),
        AT: isoTime('when; now if absent, or if it cannot be: before the call or in the future'),
      },
      errors: ['call_id_text', 'progress_state'],
      async run({ params, caller }) {
        const state = params.STATE
        if (state !== 'ringing_agent' && state !== 'ringing_client' && state !== 'talking') throw new PortalError('progress_state')
        return calls.progress(reporterOf(caller), params.CALL_ID, { state, at: params.AT })
      },
    }),
    'voximplant.statistic.get': method({
      scope: 'telephony|call',
      about: 'The call statistics, 50 rows a page.',
      params: {
        FILTER: map('conditions by field'),
        SORT: anything('one field, or {FIELD: ASC|DESC}'),
        ORDER: anything('ASC or DESC, or {FIELD: ASC|DESC}'),
      },
      errors: ['statistic_filter', 'statistic_sort'],
      async run({ params, caller, start }) {
        const { field, isDescending } = readSort(params.SORT, params.ORDER)
        const query = {
          portalId: caller.portalId,
          filter: params.FILTER ?? {},
          recordUrl: recordUrl(parts.publicUrl),
          sort: field ?? 'ID',
          descending: isDescending,
          offset: start,
        }
        const { rows, total } = await listStatistics(store, query)
        return new Listed(
          rows.map((row) => presentStatistic(row, parts.publicUrl)),
          total,
          start,
        )
      },
    }),
  }
}

/** CALL_RECORD_URL up to the id of the file. */
function recordUrl(publicUrl: string): string {
  return `${publicUrl}/v1/recordings/`
}

function presentFinished({ call, statistic }: Finished): Record<string, unknown> {
  const appId = idOf(call.owner, 'app')
  return {
    CALL_ID: call.call_id,
    EXTERNAL_CALL_ID: call.external_call_id,
    PORTAL_USER_ID: statistic.user_id,
    PHONE_NUMBER: call.number,
    PORTAL_NUMBER: statistic.portal_number,
    INCOMING: String(call.type),
    CALL_DURATION: statistic.duration,
    // a PHP date object that was serialised empty (contract 0.3.4)
    CALL_START_DATE: {},
    CALL_STATUS: isSuccess(statistic.failed_code) ? 1 : 0,
    CALL_VOTE: statistic.vote ?? 0,
    COST: statistic.cost,
    COST_CURRENCY: statistic.cost_currency,
    CALL_FAILED_CODE: statistic.failed_code,
    CALL_FAILED_REASON: statistic.failed_reason,
    REST_APP_ID: appId === null ? null : String(appId),
    REST_APP_NAME: statistic.app_name,
    ...(statistic.activity_id !== null && { CRM_ACTIVITY_ID: statistic.activity_id }),
    COMMENT: statistic.comment,
    CRM_ENTITY_TYPE: call.entity_type,
    CRM_ENTITY_ID: call.entity_id === 0 ? null : call.entity_id,
    ID: statistic.id,
  }
}

function textOrNull(value: number | null): string | null {
  return value === null ? null : String(value)
}

function presentStatistic(row: Row<'statistic'>, publicUrl: string): Record<string, unknown> {
  return {
    ID: String(row.id),
    PORTAL_USER_ID: String(row.user_id),
    PORTAL_NUMBER: row.portal_number,
    PHONE_NUMBER: row.phone_number,
    CALL_ID: row.call_id,
    EXTERNAL_CALL_ID: row.external_call_id,
    CALL_CATEGORY: 'external',
    CALL_LOG: null,
    CALL_DURATION: String(row.duration),
    CALL_START_DATE: isoSeconds(row.started_at),
    CALL_RECORD_URL: row.record_file_id === null ? null : `${recordUrl(publicUrl)}${row.record_file_id}`,
    CALL_VOTE: textOrNull(row.vote),
    COST: row.cost.toFixed(4),
    COST_CURRENCY: row.cost_currency,
    CALL_FAILED_CODE: row.failed_code,
    CALL_FAILED_REASON: row.failed_reason,
    CRM_ENTITY_TYPE: row.entity_type,
    CRM_ENTITY_ID: textOrNull(row.entity_id),
    CRM_ACTIVITY_ID: textOrNull(row.activity_id),
    REST_APP_ID: textOrNull(row.app_id),
    REST_APP_NAME: row.app_name,
    TRANSCRIPT_ID: textOrNull(row.transcript_id),
    TRANSCRIPT_PENDING: 'N',
    SESSION_ID: null,
    REDIAL_ATTEMPT: null,
    COMMENT: row.comment,
    RECORD_DURATION: textOrNull(row.record_duration),
    RECORD_FILE_ID: row.record_file_id,
    CALL_TYPE: String(row.call_type),
  }
}

/** A mark out of its range is none (contract 4.3). */
/** Connectors with typed models send 0 for the user whom they do not know, beside the extension. */
function givenUser(userId: number | undefined): number | undefined {
  return userId === 0 ? undefined : userId
}

function readVote(vote: number | undefined): number | null {
  return vote !== undefined && vote >= 1 && vote < 6 ? Math.trunc(vote) : null
}
