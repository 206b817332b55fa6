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
  v3_method_not_found: ['BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION', 404, 'REST 3.0 is not served here. Call {path} as a classic method instead'],
  batch_length: ['ERROR_BATCH_LENGTH_EXCEEDED', 400, 'Max batch length exceeded'],
  batch_method: ['ERROR_BATCH_METHOD_NOT_ALLOWED', 405, 'Method is not allowed for batch usage'],
  https_required: ['INVALID_REQUEST', 400, 'Https required'],
  malformed_body: ['INVALID_REQUEST', 400, 'The request body cannot be read: {detail}'],
  body_too_large: ['INVALID_REQUEST', 413, 'The request body is larger than {limit} bytes; the setting {setting} allows more'],
  argument: ['ERROR_ARGUMENT', 400, "Argument '{argument}' is null or empty"],
  argument_wrong: ['ERROR_ARGUMENT', 400, "Argument '{argument}' {problem}"],
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
