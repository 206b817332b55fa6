import { aboutRows, companyRow, hasRows, holdCards, idRow, maybeRow, statusRow, textRow } from './cards.ts'

holdCards({
  type: 'contact',
  least: { NAME: 'Nora' },
  full: ({ company }) => ({
    NAME: 'Nora',
    SECOND_NAME: 'May',
    LAST_NAME: 'Bright',
    POST: 'Buyer',
    TYPE_ID: 'CLIENT',
    COMPANY_ID: String(company),
    SOURCE_ID: 'CALL',
    SOURCE_DESCRIPTION: 'by phone',
    COMMENTS: 'said hello',
    OPENED: 'N',
  }),
  empty: { NAME: 'Nora', SECOND_NAME: '', LAST_NAME: '', POST: null, TYPE_ID: null, COMPANY_ID: null },
  row: {
    ID: idRow,
    NAME: textRow,
    SECOND_NAME: textRow,
    LAST_NAME: textRow,
    POST: maybeRow,
    TYPE_ID: statusRow,
    COMPANY_ID: companyRow,
    ...hasRows,
    ...aboutRows,
  },
  hasMultifields: true,
  impossible: [
    ['it has no name', { COMMENTS: 'x' }, 'A contact needs a first or last name (NAME, LAST_NAME)'],
    ['its company does not exist', { NAME: 'x', COMPANY_ID: 999_999 }, 'COMPANY_ID: there is no company 999999'],
    ['a phone is a map', { NAME: 'x', PHONE: [{ VALUE: { a: 1 } }] }, 'PHONE: VALUE, VALUE_TYPE and ID must be single values'],
    ['a phone is too long', { NAME: 'x', PHONE: [{ VALUE: '1'.repeat(256) }] }, 'A phone, e-mail or address is longer than 255 characters'],
    [
      'it has more phones than a card holds',
      { NAME: 'x', PHONE: Array.from({ length: 201 }, (_, index) => ({ VALUE: `+1555${index}` })) },
      'A card has at most 200 phones, e-mails and addresses',
    ],
  ],
})
