import { PortalError } from '../errors.ts'
import { Listed, method, type Methods } from '../rest/method.ts'
import { map, text } from '../rest/params.ts'
import { isoSeconds } from '../rest/router.ts'
import type { Store } from '../store/store.ts'
import { presentDescription } from './classic.ts'
import { currencyOf, describeCurrency } from './currencies.ts'

/** What the rows need. */
export interface CurrencyParts {
  readonly store: Store
}

/** `crm.currency.*`, read only: the one currency of the portal, which is that of its country. */
export function currencyMethods({ store }: CurrencyParts): Methods {
  const find = (portalId: number) =>
    store.read.selectFrom('portal').select(['country', 'language', 'created_at']).where('id', '=', portalId).executeTakeFirstOrThrow()
  return {
    'crm.currency.list': method({
      scope: 'crm',
      about: 'The currency of the portal. `total` is 0, as the documentation has it.',
      params: { ORDER: map('ASC or DESC by name', 'crm_order') },
      errors: ['crm_order'],
      run: async ({ caller }) => new Listed([presentCurrency(await find(caller.portalId))], 0, 0),
    }),
    'crm.currency.get': method({
      scope: 'crm',
      about: 'A currency with its words in the languages of the portal.',
      params: { ID: text('ISO 4217, such as USD', 'crm_id').required('crm_id') },
      errors: ['crm_id', 'crm_not_found'],
      async run({ params, caller }) {
        const portal = await find(caller.portalId)
        if (params.ID.toUpperCase() !== currencyOf(portal.country)) throw new PortalError('crm_not_found')
        return { ...presentCurrency(portal), LANG: presentLanguages(currencyOf(portal.country)) }
      },
    }),
    'crm.currency.base.get': method({
      scope: 'crm',
      about: 'The code of the currency that the portal counts in.',
      params: {},
      errors: [],
      run: async ({ caller }) => currencyOf((await find(caller.portalId)).country),
    }),
    'crm.currency.fields': method({ scope: 'crm', about: 'The fields of a currency.', params: {}, errors: [], run: () => presentFields() }),
  }
}

interface CurrencyPortal {
  readonly country: string
  readonly language: string
  readonly created_at: number
}

function presentCurrency({ country, language, created_at: createdAt }: CurrencyPortal): Record<string, unknown> {
  const code = currencyOf(country)
  const words = describeCurrency(code, language)
  return {
    CURRENCY: code,
    AMOUNT_CNT: '1',
    AMOUNT: '1.0000',
    SORT: '100',
    BASE: 'Y',
    FULL_NAME: words.fullName,
    LID: language,
    FORMAT_STRING: words.format,
    DEC_POINT: words.decimalPoint,
    THOUSANDS_SEP: words.thousandsSeparator || null,
    DECIMALS: String(words.decimals),
    DATE_UPDATE: isoSeconds(createdAt),
  }
}

function presentLanguages(code: string): Record<string, unknown> {
  const languages = ['en', 'ru'].map((language) => {
    const { fullName, format, decimalPoint, thousandsSeparator, decimals } = describeCurrency(code, language)
    const shown = {
      FORMAT_STRING: format,
      FULL_NAME: fullName,
      DEC_POINT: decimalPoint,
      THOUSANDS_SEP: thousandsSeparator || null,
      DECIMALS: String(decimals),
    }
    return [language, shown] as const
  })
  return Object.fromEntries(languages)
}

function presentFields(): Record<string, unknown> {
  const described = (type: string, title: string, isMultiple = false) => ({
    ...presentDescription({ kind: 'text', title, required: false, readOnly: true }),
    type,
    isMultiple,
  })
  return {
    CURRENCY: described('string', 'Currency'),
    AMOUNT_CNT: described('int', 'Units'),
    AMOUNT: described('double', 'Rate'),
    BASE: described('char', 'The currency of the portal'),
    SORT: described('int', 'Order'),
    DATE_UPDATE: described('datetime', 'Changed on'),
    LID: described('string', 'Language'),
    FORMAT_STRING: described('string', 'How amounts are written'),
    FULL_NAME: described('string', 'Name'),
    DEC_POINT: described('string', 'Decimal point'),
    THOUSANDS_SEP: described('string', 'Thousands separator'),
    DECIMALS: described('int', 'Decimals'),
    LANG: described('currency_localization', 'Words by language', true),
  }
}
