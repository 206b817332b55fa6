import { parsePhoneNumberFromString as parse, isSupportedCountry, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min'

/** May a number be dialled? `letters`: it is not a number at all (design 11.5). */
export type Dialable = { readonly ok: true } | { readonly ok: false; readonly code: 'empty' | 'letters' | 'service_code' }

/** A phone number, read once. */
export interface PhoneReading {
  /** the typed text before the extension mark, trimmed, separators kept */
  readonly phoneNumber: string
  /** E.164, or `phoneNumber` when it cannot be parsed (short numbers, service codes, nonsense) */
  readonly international: string
  /** digits of the extension, or '' */
  readonly extension: string
  /** what numbers are compared by: the digits of E.164; of others their own digits, `*` and `#` kept */
  readonly digits: string
  /** as people in the portal's country write it, with the extension */
  readonly display: string
  readonly dialable: Dialable
}

/** How a portal reads numbers. */
export interface PhoneRules {
  /** ISO 3166 code, what a number without + belongs to; an unknown one means that such numbers cannot be parsed */
  readonly country: string
  /** numbers with `*` or `#` may be dialled */
  readonly allowServiceCodes?: boolean
}

/** Longer texts are not phone numbers; it also bounds the work for hostile ones. */
const longestText = 100
const invisible = /[\p{Cf}\p{Cc}]/gu
const serviceCode = /[*#]/
/** A word may stand before 20 digits, a single sign only before 9: more would be a second number. */
const extensionMark =
  /[\s(,;.-]*(?:(?:;\s*ext\s*=|доб(?:авочный)?|доп(?:олнительный)?|внутр(?:енний)?|вн|extension|extn?|ext|int)[\s.:№=#]{0,4}(\d{1,20})|[x×х#,;][\s.:№,;]{0,4}(\d{1,9}))[\s).]*$/iu
const separators = /^[\d\s()[\]\-./‐-―−]+$/u

/**
 * Reads a number as it was typed. Never throws. Numbers without + belong to the portal's country; 00 and 011 are read as + where
 * the country has no such number of its own; up to four digits stay as typed.
 */
export function readPhone(typed: string, rules: PhoneRules): PhoneReading {
  const text = asciiDigits(typed.slice(0, longestText * 2).replace(invisible, ' '))
    .replace(/^\s*(?:tel|callto):(?:\/\/)?/i, '')
    .trim()
  const { phoneNumber, extension } = cutExtension(text)
  const isTooLong = text.length > longestText
  const isService = serviceCode.test(phoneNumber)
  const country = countryCode(rules.country)
  const isNumber = !isTooLong && !isService && isPlain(phoneNumber)
  const parsed = isNumber ? parseNumber(phoneNumber, country) : undefined
  return {
    phoneNumber: isTooLong ? text.slice(0, longestText) : phoneNumber,
    international: parsed?.number ?? (isTooLong ? text.slice(0, longestText) : phoneNumber),
    extension,
    digits: parsed ? parsed.number.slice(1) : phoneNumber.replace(/[^\d*#]/g, ''),
    display: displayed(parsed, phoneNumber, extension, country),
    dialable: isNumber ? { ok: true } : judge(phoneNumber, isService, rules.allowServiceCodes === true && !isTooLong),
  }
}

function countryCode(country: string): CountryCode | undefined {
  return isSupportedCountry(country) ? country : undefined
}

function judge(phoneNumber: string, isService: boolean, allowsServiceCodes: boolean): Dialable {
  if (isService && /^[*#\d\s+()-]+$/.test(phoneNumber)) return allowsServiceCodes ? { ok: true } : { ok: false, code: 'service_code' }
  return { ok: false, code: /[\p{L}\d*#]/u.test(phoneNumber) ? 'letters' : 'empty' }
}

/** Digits and separators, a + only in front. */
function isPlain(phoneNumber: string): boolean {
  const rest = phoneNumber.replace(/^\(?\s*\+/, '')
  return /\d/.test(rest) && separators.test(rest)
}

function cutExtension(text: string): { phoneNumber: string; extension: string } {
  if (/^[*#]/.test(text)) return { phoneNumber: text, extension: '' }
  const match = extensionMark.exec(text.slice(0, longestText))
  const before = match ? text.slice(0, match.index).trim() : ''
  if (!match || text.length > longestText || !/\d/.test(before)) return { phoneNumber: text, extension: '' }
  return { phoneNumber: before, extension: match[1] ?? match[2] ?? '' }
}

function parseNumber(text: string, country: CountryCode | undefined): PhoneNumber | undefined {
  const options = { extract: false, ...(country && { defaultCountry: country }) }
  if (text.includes('+')) return possible(parse(text, options))
  const digits = text.replace(/\D/g, '')
  if (digits.length <= 4) return undefined
  const own = country ? possible(parse(text, options)) : undefined
  if (own?.isValid()) return own
  const abroad = /^(?:00|011)([1-9]\d{6,})$/.exec(digits)?.[1]
  const prefixed = abroad ? possible(parse(`+${abroad}`)) : undefined
  if (prefixed) return prefixed
  // a country code typed without its +; only a number that exists is taken for one
  const bare = digits.length >= 11 && !digits.startsWith('0') ? possible(parse(`+${digits}`)) : undefined
  if (bare?.isValid()) return bare
  return digits.length >= 7 ? own : undefined
}

function possible(parsed: PhoneNumber | undefined): PhoneNumber | undefined {
  return parsed?.isPossible() ? parsed : undefined
}

function displayed(parsed: PhoneNumber | undefined, phoneNumber: string, extension: string, country: CountryCode | undefined): string {
  const isOwn = parsed?.country !== undefined && parsed.country === country
  const number = parsed ? (isOwn ? parsed.formatNational() : parsed.formatInternational()) : phoneNumber
  if (extension === '') return number
  return `${number} ${country && cyrillicCountries.has(country) ? 'доб.' : 'ext.'} ${extension}`
}

const cyrillicCountries: ReadonlySet<string> = new Set(['RU', 'BY', 'KZ', 'KG', 'UA', 'TJ', 'UZ'])

/** Fullwidth and Arabic digits as ASCII ones. */
function asciiDigits(text: string): string {
  return text
    .replace(/[\uFF10-\uFF19\u0660-\u0669\u06F0-\u06F9]/g, (digit) =>
      String(digit.charCodeAt(0) - (digit >= '\uFF10' ? 0xff10 : digit >= '\u06F0' ? 0x6f0 : 0x660)),
    )
    .replaceAll('\uFF0B', '+')
}
