import type { Row } from '../store/tables.ts'

/** CALL_STATUS: 1 for the code 200, else 0 (contract 4.3). */
export function isSuccess(statusCode: string): boolean {
  return statusCode === '200'
}

/** People talked: 200, also as older connectors write it, `VI_STATUS_200`. Codes are stored as they are given. */
export function isAnswered(statusCode: string): boolean {
  return /^(VI_STATUS_)?200$/.test(statusCode)
}

/** A call to us that nobody answered. */
export function isMissed(call: Pick<Row<'call'>, 'type'>, statusCode: string): boolean {
  return (call.type === 2 || call.type === 3) && !isAnswered(statusCode)
}
