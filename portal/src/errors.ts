/**
 * The one table of refusals. A row is `[wire code, HTTP status, text]`; `{name}` in a text is filled from the details. The key
 * is what our code throws and what `/v1` answers as `code`; REST answers the wire code and text of the contract. One wire code
 * (`ERROR_CORE`, the empty one) stands for many refusals, that is why the key is not the code.
 */
export const errors = {
  // REST framework, contract 6.3
  expired_token: ['expired_token', 401, 'The access token provided has expired'],
  invalid_token: ['invalid_token', 401, 'Unable to get application by token'],
  no_auth_found: ['NO_AUTH_FOUND', 401, 'Wrong authorization data'],
  insufficient_scope: ['insufficient_scope', 403, 'The request requires higher privileges than provided by the {token} token'],
  invalid_credentials: ['INVALID_CREDENTIALS', 403, 'Invalid request credentials'],
  access_denied: ['ACCESS_DENIED', 403, 'Access denied!'],
  wrong_auth_type: ['WRONG_AUTH_TYPE', 403, 'Current authorization type is denied for this method'],
  method_not_found: ['ERROR_METHOD_NOT_FOUND', 404, 'Method not found!'],
  v3_method_not_found: [
    'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION',
    404,
    'REST 3.0 is not served here. Call {path} as a classic method instead',
  ],
  batch_length: ['ERROR_BATCH_LENGTH_EXCEEDED', 400, 'Max batch length exceeded'],
  batch_method: ['ERROR_BATCH_METHOD_NOT_ALLOWED', 405, 'Method is not allowed for batch usage'],
  query_limit: ['QUERY_LIMIT_EXCEEDED', 503, 'Too many requests'],
  operation_time_limit: ['OPERATION_TIME_LIMIT', 429, 'Method is blocked due to operation time limit'],
  overload_limit: ['OVERLOAD_LIMIT', 503, 'REST API is blocked due to overload'],
  request_time: [
    'ERROR_UNEXPECTED_ANSWER',
    504,
    'The request took longer than {seconds} seconds. What it began goes on and may still be done: look before you repeat it',
  ],
  https_required: ['INVALID_REQUEST', 400, 'Https required'],
  malformed_body: ['INVALID_REQUEST', 400, 'The request body cannot be read: {detail}'],
  body_too_large: ['INVALID_REQUEST', 413, 'The request body is larger than {limit} bytes; the setting {setting} allows more'],
  too_many_values: ['ERROR_ARGUMENT', 400, 'More than {most} values at once: ask for them in several requests'],
  argument: ['ERROR_ARGUMENT', 400, "Argument '{argument}' is null or empty"],
  argument_wrong: ['ERROR_ARGUMENT', 400, "Argument '{argument}' {problem}"],
  // events, contract 3
  event_not_found: ['ERROR_EVENT_NOT_FOUND', 400, 'Event not found'],
  handler_bound: ['ERROR_CORE', 400, 'Unable to set event handler: Handler already binded'],
  handler_url: [
    'ERROR_ARGUMENT',
    400,
    "Argument 'HANDLER' must be an http or https address without user and password, of at most 2048 characters",
  ],
  bind_for_other: ['ACCESS_DENIED', 403, 'Access denied! Event binding with AUTH_TYPE requires administrator access rights'],
  unbind_for_other: ['ACCESS_DENIED', 403, 'Access denied! Event unbinding with AUTH_TYPE requires administrator access rights'],
  bind_offline: ['ACCESS_DENIED', 403, 'Access denied! Offline events binding requires administrator access rights'],
  unbind_offline: ['ACCESS_DENIED', 403, 'Access denied! Offline events unbinding requires administrator access rights'],
  // telephony, contract 4
  call_user_missing: ['ERROR_CORE', 400, 'USER_ID or USER_PHONE_INNER should be set'],
  call_user_unknown: ['ERROR_CORE', 400, 'User is not found or is not active'],
  call_type: ['ERROR_CORE', 400, 'Unknown TYPE'],
  call_start_date: ['ERROR_CORE', 400, 'CALL_START_DATE should be in the ISO-8601 format'],
  phone_format: ['ERROR_CORE', 400, 'Unsupported phone number format'],
  call_id_text: ['INVALID_ARGUMENT', 400, 'CALL_ID must be a string'],
  call_not_found: ['ERROR_CORE', 400, 'Call is not found (call should be registered prior to finishing'],
  search_phone_empty: ['ERROR_CORE', 400, 'PHONE_NUMBER is empty'],
  record_not_finished: ['ERROR_CORE', 400, 'Call is not found in the statistic table. Looks like it is not finished yet.'],
  record_parameters: ['ERROR_CORE', 400, 'Required parameters are not set. Request should contain or URL or FILENAME parameter'],
  record_name_empty: ['ERROR_CORE', 400, 'File name is empty'],
  record_extension: ['ERROR_CORE', 400, 'Wrong file extension. Only wav and mp3 are allowed'],
  record_empty: ['ERROR_CORE', 400, 'File content is empty.'],
  record_base64: ['ERROR_CORE', 400, 'File content is not properly encoded. Base64 encoding is expected.'],
  record_http: ['ERROR_CORE', 400, 'Server returns HTTP error code {status}'],
  record_unreachable: ['ERROR_CORE', 400, 'The record cannot be fetched: {problem}'],
  record_too_large: ['ERROR_CORE', 413, 'The record is larger than {limit} bytes; the setting recordings.maxBytes allows more'],
  upload_token: [
    'NO_AUTH_FOUND',
    401,
    'The upload address is not valid any more: ask for a new one with telephony.externalCall.attachRecord',
  ],
  upload_file: ['ERROR_ARGUMENT', 400, "The upload must be multipart/form-data with the record in the field 'file'"],
  line_number_empty: ['ERROR_CORE', 400, 'NUMBER should not be empty'],
  line_exists: ['ERROR_CORE', 400, 'Line already exists'],
  line_no_fields: ['ERROR_CORE', 400, 'There are no fields to update'],
  line_not_found: ['ERROR_CORE', 400, 'Could not find line with number {number}'],
  transcript_call: ['ERROR_CORE', 400, 'CALL_ID should be set'],
  transcript_messages: ['ERROR_CORE', 400, 'MESSAGES should be an array'],
  transcript_side: ['ERROR_CORE', 400, 'MESSAGES[{index}][SIDE] should be either Client or User'],
  transcript_start: ['ERROR_CORE', 400, 'MESSAGES[{index}][START_TIME] should be greater or equal to zero'],
  transcript_stop: ['ERROR_CORE', 400, 'MESSAGES[{index}][STOP_TIME] should be greater than zero'],
  transcript_empty: ['ERROR_CORE', 400, 'MESSAGES[{index}][MESSAGE] is empty'],
  transcript_not_finished: ['ERROR_CORE', 400, 'Call {call} is not found. Is it finished?'],
  transcript_activity: ['NOT_FOUND', 400, 'Element not found'],
  phone_user_missing: ['', 400, 'Parameter USER_ID is not set'],
  phone_user_denied: ['ACCESS_DENIED', 403, 'Access denied! You have no permission to query selected users'],
  sip_config_unknown: ['ERROR_ARGUMENT', 400, 'Specified CONFIG_ID is not found'],
  own_line_unknown: ['ERROR_CORE', 400, 'Could not find line {line}'],
  progress_state: ['ERROR_ARGUMENT', 400, "Argument 'STATE' must be ringing_agent, ringing_client or talking"],
  statistic_filter: ['ERROR_ARGUMENT', 400, "Argument 'FILTER' has the field {field}, which cannot be filtered by"],
  statistic_sort: ['ERROR_ARGUMENT', 400, "Argument 'SORT' is {field}, which cannot be sorted by"],
  // the click, /v1
  number_empty: ['number_empty', 422, 'There is no number to call'],
  number_letters: ['number_letters', 422, '“{number}” is not a phone number'],
  number_service_code: [
    'number_service_code',
    422,
    'Numbers with * or # are not called unless an admin allows service codes in the telephony settings',
  ],
  no_target: ['no_target', 409, 'No phone app is chosen for outgoing calls'],
  not_installed: ['not_installed', 409, 'The installation of {title} is not finished'],
  no_handler: ['no_handler', 409, '{title} has not said where clicks are to be sent'],
  handler_disabled: ['handler_disabled', 409, 'The handler of {title} is disabled'],
  target_unknown: ['target_unknown', 422, 'There is no outgoing target {target}'],
  own_target_forbidden: ['own_target_forbidden', 403, 'Own outgoing targets are not allowed by the admin'],
  call_list_unknown: ['call_list_unknown', 422, 'There is no call list {id}'],
  entity_unknown: ['entity_unknown', 422, 'There is no {kind} {id}'],
  call_unknown: ['call_unknown', 404, 'There is no call {id}'],
  trace_unknown: ['trace_unknown', 404, 'There is no trace {id}'],
  recording_unknown: ['recording_unknown', 404, 'There is no recording {id}'],
  // deliveries, /v1
  delivery_not_found: ['delivery_not_found', 404, 'There is no delivery {id}'],
  confirm_dial: ['confirm_dial', 409, 'Sending this delivery again will place a call. Confirm it with confirmDial: true'],
  replay_no_handler: ['replay_no_handler', 409, 'The handler of this delivery is gone or disabled: bind or enable it first'],
  // CRM, contract 5, 8.1, 8.3, 8.4
  crm_not_found: ['', 400, 'Not found'],
  crm_id: ['', 400, 'ID is not defined or invalid'],
  crm_fields: ['', 400, "Parameter 'fields' must be array."],
  crm_order: ['', 400, "Parameter 'order' must be array"],
  crm_filter: ['', 400, "Parameter 'filter' must be array"],
  crm_list: ['', 400, 'Failed to get list. General error: {detail}'],
  crm_field: ['ERROR_CORE', 400, '{detail}'],
  activity_not_found: ['', 400, 'Activity is not found'],
  comm_type: ['Communication type is not defined', 400, 'Communication type is not defined'],
  comm_type_wrong: ['Communication type is not supported', 400, 'Communication type is not supported: it is PHONE or EMAIL'],
  comm_values: ['Communication values is not defined', 400, 'Communication values is not defined'],
  comm_values_many: ['Too many communication values', 400, 'Too many communication values: at most 20 in one call'],
  comm_entity_type: ['Entity type is not supported', 400, 'Entity type is not supported: it is LEAD, CONTACT or COMPANY'],
  call_list_param: ['ERROR_ARGUMENT', 400, '{argument} is not found'],
  call_list_entities: ['ENTITIES_ERROR', 400, 'Entities is not array'],
  call_list_entity_ids: ['ENTITY_ERROR', 400, 'Incorrect entities id'],
  call_list_new_ids: ['ENTITIES_ERROR', 400, 'Incorrect entities id'],
  call_list_type: ['ENTITY_TYPE_ERROR', 400, 'Incorrect entity type'],
  call_list_other_type: ['ENTITY_TYPE_ERROR', 400, 'Discrepancy between the type of call participants and incoming type'],
  call_list_id: ['LIST_ID_ERROR', 400, 'Incorrect list id'],
  call_list_not_positive: ['LIST_ID_ERROR', 400, 'List id should be positive'],
  call_list_not_found: ['LIST_ID_ERROR', 400, 'Call list is not found'],
  call_list_update_id: ['LIST_ID_ERROR', 400, 'Incorrect list id or access denied'],
  call_list_update_type: ['ENTITY_TYPE_ERROR', 400, 'EntityType is incorrect'],
  call_list_webform: ['WEBFORM_ERROR', 400, 'Incorrect webform id'],
  call_list_status: ['STATUS_ERROR', 400, 'Incorrect status'],
  call_list_field: [
    '100',
    400,
    'Unknown field {field} of a call list: it has ID, DATE_CREATE, CREATED_BY_ID, WEBFORM_ID and ENTITY_TYPE_ID',
  ],
  // CRM items, activities, directories, contract 8.3, 8.4, 5
  item_parameter: ['100', 400, 'Could not find value for parameter {{name}}'],
  item_type: ['NOT_FOUND', 400, 'There is no entity type {id}: 1 is a lead, 2 a deal, 3 a contact, 4 a company'],
  item_not_found: ['NOT_FOUND', 400, 'Item not found'],
  item_map: ['INVALID_ARG_VALUE', 400, 'fields, filter and order are maps: values by name'],
  item_argument: ['INVALID_ARG_VALUE', 400, '{problem}'],
  item_field: ['CRM_FIELD_ERROR_VALUE_NOT_VALID', 400, '{detail}'],
  activity_field: ['', 400, 'The field {field} is not defined or {problem}'],
  activity_communications: ['', 400, 'The only one communication is allowed for activity of specified type'],
  activity_owner: ['', 400, 'Could not build binding. Please ensure that owner info and communications are defined correctly'],
  activity_provider: ['', 400, 'The custom activity without provider is not supported in current context'],
  binding_activity: ['NOT_FOUND', 400, 'There is no activity {id}'],
  binding_owner: ['OWNER_NOT_FOUND', 400, 'There is no lead, deal, contact or company with this entityTypeId and entityId'],
  binding_exists: ['ACTIVITY_IS_ALREADY_BOUND', 400, 'The activity is bound to this card already'],
  binding_not_found: ['BINDING_NOT_FOUND', 400, 'The activity is not bound to this card'],
  binding_last: ['LAST_BINDING_CANNOT_BE_DELETED', 400, 'An activity stands on one card at least: bind it to another one first'],
  crm_access: ['', 400, 'Access denied.'],
  link_owner: ['', 400, "The parameter 'ownerEntityID' is invalid or not defined."],
  link_fields: ['', 400, "The parameter 'fields' must be array."],
  link_field: ['', 400, "The parameter 'fields' is not valid."],
  link_taken: [
    'ERROR_CORE',
    400,
    'Contact {contactId} belongs to company {companyId}, and a contact belongs to one company here: delete that link first',
  ],
  status_id: ['', 400, 'Invalid identifier.'],
  status_not_found: ['', 400, 'Status is not found.'],
  status_parameters: ['', 400, 'Invalid parameters.'],
  status_entity: ['', 400, 'Specified entity type is not supported.'],
  status_required: ['', 400, 'The field {field} is required.'],
  status_duplicate: ['', 400, 'Duplicate STATUS_ID.'],
  status_system: ['', 400, 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'],
  status_used: ['', 400, 'There are active items in this status.'],
  status_first: ['', 400, 'Error on deleting status. New ones begin with it.'],
  // placements, contract 8.6
  placement_context: ['WRONG_AUTH_TYPE', 403, 'Current authorization type is denied for this method Application context required'],
  placement_argument: ['ERROR_ARGUMENT', 200, "Argument '{argument}' is null or empty"],
  placement_not_found: ['ERROR_PLACEMENT_NOT_FOUND', 400, 'Placement not found'],
  placement_user: ['ERROR_PLACEMENT_USER_MODE', 200, 'User mode is not available'],
  placement_count: ['ERROR_PLACEMENT_MAX_COUNT', 200, 'An app binds {placement} once for the same user: unbind it first'],
  placement_error_handler: [
    'EMPTY_ERROR_HANDLER_URL',
    200,
    'OPTIONS[errorHandlerUrl] is missing: the address that is told when the page loads too slowly',
  ],
  placement_bound: ['ERROR_CORE', 400, 'Unable to set placement handler: Handler already binded'],
  // people and notifications by REST, contract 6.7
  user_email_wrong: ['ERROR_ARGUMENT', 400, 'wrong_email'],
  user_email_taken: ['ERROR_ARGUMENT', 400, 'A user with the e-mail address {email} exists already'],
  user_extension_taken: ['ERROR_ARGUMENT', 400, 'The extension {extension} belongs to {name}'],
  user_department: ['ERROR_ARGUMENT', 400, "Argument 'UF_DEPARTMENT' has {id}, which is no department"],
  user_no_extranet: ['ERROR_ARGUMENT', 400, 'no_extranet_field'],
  user_refused: ['ERROR_CORE', 400, 'access_denied'],
  user_last_admin: ['ERROR_CORE', 400, 'This is the last active administrator: make another user administrator first'],
  department_refused: ['ERROR_CORE', 400, 'Access denied!'],
  department_name: ['ERROR_CORE', 400, 'A department needs a name (NAME)'],
  department_parent: ['ERROR_CORE', 400, 'There is no department {id} to belong to (PARENT)'],
  department_head: ['ERROR_CORE', 400, 'There is no user {id} to be the head (UF_HEAD)'],
  department_not_found: ['ERROR_CORE', 400, 'Department not found'],
  department_top: ['ERROR_CORE', 400, 'The first department is the company itself: it cannot be deleted'],
  department_filled: ['ERROR_CORE', 400, 'The department has departments or people in it: move them first'],
  notify_user: ['USER_ID_EMPTY', 400, "User ID can't be empty"],
  notify_message: ['MESSAGE_EMPTY', 400, "Message can't be empty"],
  notify_id: ['PARAMS_ERROR', 400, "Notification ID (ID, IDS), TAG or SUB_TAG can't be empty"],
  notify_attach: ['ATTACH_ERROR', 400, 'Incorrect attach params'],
  notify_attach_size: ['ATTACH_OVERSIZE', 400, 'You have exceeded the maximum allowable size of attach'],
  notification_not_found: ['notification_not_found', 404, 'There is no notification {id}. Reload the page'],
  // own API
  card_not_found: ['NOT_FOUND', 404, 'There is no {what} {id}. It may have been deleted: go back to the list'],
  bad_cursor: ['BAD_CURSOR', 400, 'The cursor is not one that this list gave out: start again without it'],
  // OAuth, apps and webhooks, contract 6.7, 7
  oauth_request: ['invalid_request', 400, '{detail}'],
  oauth_client: ['invalid_client', 401, 'Wrong client_id or client_secret, or the application is not installed'],
  oauth_grant: ['invalid_grant', 400, 'The {what} is wrong, expired or used before'],
  user_access: ['user_access_error', 403, 'The user does not have access to the application'],
  app_context: ['ACCESS_DENIED', 400, 'Access denied! Application context required'],
  option_context: ['AccessException', 400, 'Application context required'],
  option_admin: ['AccessException', 400, 'Administrator authorization required'],
  options_empty: ['ArgumentNullException', 400, 'options is empty'],
  feature_code: ['CODE_EMPTY', 400, "CODE can't be empty"],
  upload_not_served: ['ERROR_CORE', 404, 'There is no such upload address: ask for a new one by telephony.externalCall.attachRecord'],
  app_not_found: ['app_not_found', 404, 'There is no app {id}. It may have been deleted: reload the list'],
  app_without_page: ['app_without_page', 409, 'The app {title} has no page of its own: it only uses the API'],
  app_not_installed: [
    'app_not_installed',
    409,
    'The app {title} is not installed yet. An administrator has to open it and finish the installation',
  ],
  webhook_not_found: ['webhook_not_found', 404, 'There is no webhook {id}. It may have been deleted: reload the list'],
  handler_not_found: ['handler_not_found', 404, 'There is no handler {id}. It may have been unbound: reload the list'],
  bad_url: ['bad_url', 422, '{field} must be an http or https address of at most 2048 characters'],
  blocked_url: ['blocked_url', 422, '{field}: {problem}'],
  unknown_scope: ['unknown_scope', 422, 'There is no scope {scope}. Known are: {known}'],
  unknown_event: ['unknown_event', 422, 'There is no event {event}. Known are: {known}'],
  // people and sign-in
  user_not_found: ['user_not_found', 404, 'There is no user {id}. Reload the list'],
  email_taken: ['email_taken', 409, 'Another user has the e-mail address {email}'],
  extension_taken: ['extension_taken', 409, 'The extension {extension} belongs to {name}'],
  last_admin: ['last_admin', 409, 'This is the last active administrator: make another user administrator first'],
  unknown_target: ['unknown_target', 422, 'There is no outgoing target {target}. Reload the page'],
  sign_in_refused: ['sign_in_refused', 401, 'The e-mail address or the password is wrong'],
  sign_in_throttled: ['sign_in_throttled', 429, 'Too many failed attempts: try again in {retryAfterSeconds} seconds'],
  not_signed_in: ['not_signed_in', 401, 'Sign in first'],
  admin_only: ['admin_only', 403, 'Only administrators may do this'],
  foreign_origin: [
    'foreign_origin',
    403,
    'Refused: the request comes from a page of another address ({origin}). Open the portal at its own address, or set publicUrl to the one you use',
  ],
  json_only: ['json_only', 415, 'Send the body as application/json'],
  invalid_input: ['invalid_input', 422, '{problem}'],
  no_such_page: ['no_such_page', 404, 'There is nothing at {path}'],
  storage_full: ['INTERNAL_SERVER_ERROR', 507, "The portal's disk is full and nothing was written: free space in its data folder"],
  internal: ['INTERNAL_SERVER_ERROR', 500, 'Internal server error. The log of the portal has the cause under {ref}'],
} as const satisfies Record<string, readonly [code: string, status: number, text: string]>

/** A key of the error table. */
export type ErrorKey = keyof typeof errors

/** What fills the `{name}`s of a text; `argument` is also sent beside ERROR_ARGUMENT (contract 6.2). */
export type ErrorDetails = Readonly<Record<string, string | number>>

/** The only refusal: something the caller did or may not do. Everything else that is thrown is a bug. */
export class PortalError extends Error {
  override readonly name = 'PortalError'
  readonly key: ErrorKey
  readonly details: ErrorDetails

  constructor(key: ErrorKey, details: ErrorDetails = {}) {
    super(errors[key][2].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '')))
    this.key = key
    this.details = details
  }

  /** Code on the wire; may be empty (contract 6.3). */
  get code(): string {
    return errors[this.key][0]
  }

  /** HTTP status. */
  get status(): number {
    return errors[this.key][1]
  }
}
