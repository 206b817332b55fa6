/** Statuses of a lead that have words in both languages. */
export const leadStatuses = ['NEW', 'IN_PROCESS', 'CONVERTED', 'JUNK'] as const
/** Sources of a card that have words in both languages. */
export const sources = ['CALL', 'EMAIL', 'WEB', 'ADVERTISING', 'PARTNER', 'RECOMMENDATION', 'TRADE_SHOW', 'CALLBACK', 'OTHER'] as const
/** Kinds of a number, the usual ones first. */
export const phoneKinds = ['MOBILE', 'WORK', 'HOME', 'FAX', 'PAGER', 'MAILING', 'OTHER'] as const

/** True for a status that has words. */
export const isLeadStatus = (id: string): id is (typeof leadStatuses)[number] => (leadStatuses as readonly string[]).includes(id)
/** True for a source that has words. */
export const isSource = (id: string): id is (typeof sources)[number] => (sources as readonly string[]).includes(id)
