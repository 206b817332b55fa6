/** Scopes an application or a webhook may ask for. */
export const knownScopes = ['crm', 'telephony', 'call', 'user', 'user_basic', 'user_brief', 'department', 'placement', 'im', 'log'] as const

/** Events worth offering; any other name may be typed. */
export const knownEvents = [
  'ONEXTERNALCALLSTART',
  'ONEXTERNALCALLBACKSTART',
  'ONVOXIMPLANTCALLINIT',
  'ONVOXIMPLANTCALLSTART',
  'ONVOXIMPLANTCALLEND',
  'ONCRMACTIVITYADD',
  'ONCRMACTIVITYUPDATE',
  'ONCRMCONTACTADD',
  'ONCRMCONTACTUPDATE',
  'ONCRMCONTACTDELETE',
  'ONCRMCOMPANYADD',
  'ONCRMCOMPANYUPDATE',
  'ONCRMLEADADD',
  'ONCRMLEADUPDATE',
] as const

/** True for an http or https address. */
export const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s/]+/.test(text)
