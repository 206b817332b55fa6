import { aboutRows, companyRow, contactRow, holdCards, idRow, textRow } from './cards.ts'

holdCards({
  type: 'deal',
  least: { TITLE: 'A deal' },
  full: ({ company, contact }) => ({
    TITLE: 'A deal',
    STAGE_ID: 'EXECUTING',
    CATEGORY_ID: '0',
    COMPANY_ID: String(company),
    CONTACT_ID: String(contact),
    SOURCE_ID: 'CALL',
    SOURCE_DESCRIPTION: 'by phone',
    COMMENTS: 'said hello',
    OPENED: 'N',
  }),
  empty: { TITLE: 'A deal', STAGE_ID: 'NEW', CATEGORY_ID: '0', COMPANY_ID: null, CONTACT_ID: null },
  row: {
    ID: idRow,
    TITLE: textRow,
    STAGE_ID: ['crm_status', textRow[1]],
    CATEGORY_ID: idRow,
    COMPANY_ID: companyRow,
    CONTACT_ID: contactRow,
    ...aboutRows,
  },
  hasMultifields: false,
  impossible: [
    ['its contact does not exist', { TITLE: 'x', CONTACT_ID: 999_999 }, 'CONTACT_ID: there is no contact 999999'],
    ['its pipeline is a word', { TITLE: 'x', CATEGORY_ID: 'x' }, 'The field CATEGORY_ID must be a whole number'],
  ],
})
