import { PortalError } from '../errors.ts'
import { isTrue } from '../rest/params.ts'
import type { Loose } from '../rest/php.ts'
import { looseIsoText } from '../rest/time-text.ts'
import { withoutNul } from '../store/fold.ts'
import type { Field } from './classic-fields.ts'

/** What a column holds. */
export type ColumnValue = string | number | null

/** Reads a value for a column. Empty text, null and an absent value clear it. Throws ERROR_CORE that names the field. */
export function readValue(field: Field, value: Loose): ColumnValue {
  if (typeof value === 'object' && value !== null)
    throw new PortalError('crm_field', { detail: `The field ${field.name} must be a single value` })
  const text = value === null || value === undefined ? '' : withoutNul(String(value)).trim()
  switch (field.kind) {
    case 'text':
    case 'status':
    case 'json':
    case 'origin':
      if (text.length > field.maxLength)
        throw new PortalError('crm_field', { detail: `The field ${field.name} is longer than ${field.maxLength} characters` })
      return text
    case 'flag':
    case 'has':
      return isTrue(value) ? 1 : 0
    case 'currency':
      return readCurrency(field, text)
    case 'money':
      return readMoney(field, text)
    case 'date':
      return text === '' ? null : readDay(field, text)
    case 'time':
      return text === '' ? null : readTime(field, text)
    default:
      return readWhole(field, text)
  }
}

function readCurrency(field: Field, text: string): string {
  if (text !== '' && !/^[A-Za-z]{3}$/.test(text))
    throw new PortalError('crm_field', { detail: `The field ${field.name} must be a code of three letters, such as USD` })
  return text.toUpperCase()
}

/** Larger amounts are not exact any more. */
const mostMoney = 1e13

/** In hundredths. */
function readMoney(field: Field, text: string): number | null {
  if (text === '') return null
  const amount = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
  if (!(Math.abs(amount) < mostMoney)) throw new PortalError('crm_field', { detail: `The field ${field.name} must be a number` })
  return Math.round(amount * 100)
}

/** The day as it is written; the time of day and the zone behind it are not kept. */
function readDay(field: Field, text: string): number {
  readTime(field, text)
  return readTime(field, looseIsoText(text)?.slice(0, 10) ?? '')
}

function readTime(field: Field, text: string): number {
  const time = Date.parse(looseIsoText(text) ?? '')
  if (Number.isNaN(time)) throw new PortalError('crm_field', { detail: `The field ${field.name} must be an ISO 8601 time` })
  return time
}

function readWhole(field: Field, text: string): number | null {
  if (text === '') return null
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new PortalError('crm_field', { detail: `The field ${field.name} must be a whole number` })
  const isReference = field.kind === 'contact' || field.kind === 'company' || field.kind === 'user'
  return number === 0 && isReference ? null : number
}
