import { getCountries, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString as parse } from 'libphonenumber-js/max'

/** Where a number belongs. */
export interface NumberOrigin {
  /** ISO 3166 code; of a number that no numbering plan knows, the first country of its calling code; '' when there is none */
  readonly country: string
  /** a call to it costs extra, wherever it is made from */
  readonly isPremium: boolean
}

/** Needs every country's plan: `+1` alone is 25 countries, and toll fraud lives in the small ones. */
export function originOfNumber(international: string): NumberOrigin {
  const parsed = parse(international)
  const type = parsed?.getType()
  return {
    country: parsed?.country ?? parsed?.getPossibleCountries()[0] ?? '',
    isPremium: type === 'PREMIUM_RATE' || type === 'SHARED_COST',
  }
}

/** ISO 3166 codes of all countries that have a numbering plan. */
export function numberedCountries(): readonly string[] {
  return getCountries()
}

/** How a number of a country begins, for a hint; '' for a country without a plan. */
export function callingCode(country: string): string {
  return isSupportedCountry(country) ? `+${getCountryCallingCode(country)}` : ''
}
