/** Currencies: a portal counts in that of its country. Cards may name others; there are no rates. */

const ofCountries: Readonly<Record<string, string>> = {
  RU: 'RUB',
  BY: 'BYN',
  KZ: 'KZT',
  UA: 'UAH',
  UZ: 'UZS',
  GE: 'GEL',
  AM: 'AMD',
  AZ: 'AZN',
  KG: 'KGS',
  GB: 'GBP',
  PL: 'PLN',
  CH: 'CHF',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  CZ: 'CZK',
  HU: 'HUF',
  RO: 'RON',
  TR: 'TRY',
  IL: 'ILS',
  AE: 'AED',
  IN: 'INR',
  CN: 'CNY',
  JP: 'JPY',
  BR: 'BRL',
  MX: 'MXN',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  ZA: 'ZAR',
}
const euroCountries = 'AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ')

/** The currency of a country (ISO 3166) as its ISO 4217 code; dollars where we know no better. */
export function currencyOf(country: string): string {
  return ofCountries[country] ?? (euroCountries.includes(country) ? 'EUR' : 'USD')
}

/** How a currency is written in a language. */
export interface CurrencyWords {
  readonly fullName: string
  /** `#` stands for the amount */
  readonly format: string
  readonly decimalPoint: string
  readonly thousandsSeparator: string
  readonly decimals: number
}

/** The words and signs of a currency. */
export function describeCurrency(code: string, language: string): CurrencyWords {
  const parts = new Intl.NumberFormat(language, { style: 'currency', currency: code }).formatToParts(1_234_567)
  const signOf = (type: Intl.NumberFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? ''
  const first = parts.findIndex((part) => part.type === 'integer')
  const last = parts.findLastIndex((part) => part.type === 'integer' || part.type === 'fraction')
  const text = (some: typeof parts): string => some.map((part) => part.value).join('')
  return {
    fullName: new Intl.DisplayNames(language, { type: 'currency' }).of(code) ?? code,
    format: `${text(parts.slice(0, first))}#${text(parts.slice(last + 1))}`,
    decimalPoint: signOf('decimal') || '.',
    thousandsSeparator: signOf('group'),
    decimals: signOf('fraction').length,
  }
}
