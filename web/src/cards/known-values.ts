export const leadStatuses = ['NEW', 'IN_PROCESS', 'CONVERTED', 'JUNK'] as const
export const sources = ['CALL', 'EMAIL', 'WEB', 'ADVERTISING', 'PARTNER', 'RECOMMENDATION', 'TRADE_SHOW', 'CALLBACK', 'OTHER'] as const
export const phoneKinds = ['MOBILE', 'WORK', 'HOME', 'FAX', 'PAGER', 'MAILING', 'OTHER'] as const

export const isLeadStatus = (id: string): id is (typeof leadStatuses)[number] => (leadStatuses as readonly string[]).includes(id)
export const isSource = (id: string): id is (typeof sources)[number] => (sources as readonly string[]).includes(id)
