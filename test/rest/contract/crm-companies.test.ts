import { aboutRows, hasRows, holdCards, idRow, statusRow, textRow } from './cards.ts'

holdCards({
  type: 'company',
  least: { TITLE: 'Harbour' },
  full: () => ({
    TITLE: 'Harbour',
    COMPANY_TYPE: 'CUSTOMER',
    INDUSTRY: 'TRADE',
    SOURCE_ID: 'CALL',
    SOURCE_DESCRIPTION: 'by phone',
    COMMENTS: 'said hello',
    OPENED: 'N',
  }),
  empty: { TITLE: 'Harbour', COMPANY_TYPE: null, INDUSTRY: null },
  row: { ID: idRow, TITLE: textRow, COMPANY_TYPE: statusRow, INDUSTRY: statusRow, ...hasRows, ...aboutRows },
  required: ['TITLE'],
  hasMultifields: true,
  impossible: [
    ['it has no name', { COMMENTS: 'x' }, 'A company needs a name (TITLE)'],
    ['its name is empty', { TITLE: ' ' }, 'A company needs a name (TITLE)'],
    ['a phone is a map', { TITLE: 'x', PHONE: [{ VALUE: { a: 1 } }] }, 'PHONE: VALUE, VALUE_TYPE and ID must be single values'],
  ],
})
