/** The parameters of every REST method of a portal. Made by npm run generate from the rows of the portal's methods; do not edit. */

/** What counts as yes or no. */
export type Switch = boolean | 0 | 1 | '0' | '1' | 'Y' | 'N'

/** Parameters by the name of the method. A portal reads the names of parameters in any case. */
export interface MethodParams {
  /** Runs up to 50 commands in one request. */
  readonly batch: {
    /** map or list of "method?query" */
    readonly cmd?: unknown
    /** stop at the first error */
    readonly halt?: Switch
  }
  /** The calling app and its installation. */
  readonly 'app.info': object
  /** Options of the app: all, or one by name. */
  readonly 'app.option.get': {
    /** name of one option */
    readonly OPTION?: string | number
  }
  /** Writes options of the app; administrators only. */
  readonly 'app.option.set': {
    /** names and values */
    readonly OPTIONS?: object
  }
  /** The calling user's options of the app: all, or one by name. */
  readonly 'user.option.get': {
    /** name of one option */
    readonly OPTION?: string | number
  }
  /** Writes the calling user's options of the app. */
  readonly 'user.option.set': {
    /** names and values */
    readonly OPTIONS?: object
  }
  /** Scopes that are granted to the caller; with FULL all that there are. */
  readonly scope: {
    /** all scopes of the portal */
    readonly FULL?: Switch
  }
  /** Names of the methods that the caller may use. Prefer method.get. */
  readonly methods: {
    /** all methods, also those of scopes that are not granted */
    readonly FULL?: Switch
    /** only the methods of this scope */
    readonly SCOPE?: string | number
  }
  /** Does a method exist, and may the caller use it? */
  readonly 'method.get': {
    /** name of the method */
    readonly NAME?: string | number
  }
  /** The time of the portal. */
  readonly 'server.time': object
  /** Is a feature of the platform there? */
  readonly 'feature.get': {
    /** code of the feature */
    readonly CODE: string | number
  }
  /** Users of the portal. */
  readonly 'user.get': {
    /** map of fields; prefixes = ! > >= < <= % @ before a name; a list means one of. The same names are taken at top level */
    readonly FILTER?: unknown
    /** field to sort by, or {FIELD: ASC|DESC} */
    readonly SORT?: unknown
    /** ASC or DESC */
    readonly ORDER?: unknown
    /** fields to answer; all unless told */
    readonly SELECT?: readonly unknown[] | string | number
    /** accepted and not needed: everybody sees all employees */
    readonly ADMIN_MODE?: unknown
  }
  /** Active users by name, position or any field. */
  readonly 'user.search': {
    /** map of fields; prefixes = ! > >= < <= % @ before a name; a list means one of. The same names are taken at top level */
    readonly FILTER?: unknown
    /** field to sort by, or {FIELD: ASC|DESC} */
    readonly SORT?: unknown
    /** ASC or DESC */
    readonly ORDER?: unknown
    /** fields to answer; all unless told */
    readonly SELECT?: readonly unknown[] | string | number
    /** accepted and not needed: everybody sees all employees */
    readonly ADMIN_MODE?: unknown
    /** part of a name, e-mail address or position */
    readonly FIND?: string | number
  }
  /** The user whose token or webhook calls. */
  readonly 'user.current': object
  /** Names and titles of user fields. */
  readonly 'user.fields': object
  /** Is the calling user an administrator? */
  readonly 'user.admin': object
  /** Has the calling user one of these access codes? Administrators have all. */
  readonly 'user.access': {
    /** codes: U<id>, AU (everybody), G1 (administrators), G2 (everybody), D<department> */
    readonly ACCESS: readonly unknown[] | string | number
  }
  /** Names of access codes. */
  readonly 'access.name': {
    /** codes such as U1 */
    readonly ACCESS?: readonly unknown[] | string | number
  }
  /** Who calls, in short; needs no scope. */
  readonly profile: object
  /** Departments. */
  readonly 'department.get': {
    /** id or ids */
    readonly ID?: unknown
    /** exact name */
    readonly NAME?: string | number
    /** parent department */
    readonly PARENT?: number | string
    /** head */
    readonly UF_HEAD?: number | string
    /** field to sort by */
    readonly SORT?: string | number
    /** ASC or DESC */
    readonly ORDER?: string | number
    /** the same names */
    readonly FILTER?: object
  }
  /** Binds a handler to an event. */
  readonly 'event.bind': {
    /** name of the event, in any case */
    readonly EVENT: string | number
    /** http or https address that gets the POST */
    readonly HANDLER?: string | number
    /** user whose tokens are sent; 0 or empty: the acting user */
    readonly AUTH_TYPE?: number | string
    /** online (default) or offline */
    readonly EVENT_TYPE?: string | number
    /** source key of offline queues */
    readonly AUTH_CONNECTOR?: string | number
    /** minTimeout for ONOFFLINEEVENT */
    readonly OPTIONS?: object
  }
  /** Removes handlers; what is left out matches everything. */
  readonly 'event.unbind': {
    /** name of the event */
    readonly EVENT?: string | number
    /** address */
    readonly HANDLER?: string | number
    /** user of the handler; 0: handlers without one */
    readonly AUTH_TYPE?: number | string
    /** online or offline */
    readonly EVENT_TYPE?: string | number
  }
  /** The app's handlers; who is no admin sees only their own. */
  readonly 'event.get': object
  /** Names of the events that can be bound. */
  readonly events: {
    /** only the events of this scope */
    readonly SCOPE?: string | number
    /** all events, also those of scopes that are not granted */
    readonly FULL?: Switch
  }
  /** Raises ONAPPTEST at the handlers that the app bound to it. */
  readonly 'event.test': object
  /** Adds a contact; the result is its id. */
  readonly 'crm.contact.add': {
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Changes the given fields of a contact. Phones and e-mails: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed. */
  readonly 'crm.contact.update': {
    /** id of the card */
    readonly ID: number | string
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Deletes a contact. */
  readonly 'crm.contact.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A contact with its phones and e-mails. */
  readonly 'crm.contact.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A page of 50 cards. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it; a list means any of it; PHONE and EMAIL match exactly. */
  readonly 'crm.contact.list': {
    /** names; * for all plain fields; PHONE, EMAIL, WEB and IM only by name */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly START?: number | string
  }
  /** The fields of a contact. */
  readonly 'crm.contact.fields': object
  /** Adds a company; the result is its id. */
  readonly 'crm.company.add': {
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Changes the given fields of a company. Phones and e-mails: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed. */
  readonly 'crm.company.update': {
    /** id of the card */
    readonly ID: number | string
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Deletes a company. */
  readonly 'crm.company.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A company with its phones and e-mails. */
  readonly 'crm.company.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A page of 50 cards. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it; a list means any of it; PHONE and EMAIL match exactly. */
  readonly 'crm.company.list': {
    /** names; * for all plain fields; PHONE, EMAIL, WEB and IM only by name */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly START?: number | string
  }
  /** The fields of a company. */
  readonly 'crm.company.fields': object
  /** Adds a lead; the result is its id. */
  readonly 'crm.lead.add': {
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Changes the given fields of a lead. Phones and e-mails: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed. */
  readonly 'crm.lead.update': {
    /** id of the card */
    readonly ID: number | string
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Deletes a lead. */
  readonly 'crm.lead.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A lead with its phones and e-mails. */
  readonly 'crm.lead.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A page of 50 cards. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it; a list means any of it; PHONE and EMAIL match exactly. */
  readonly 'crm.lead.list': {
    /** names; * for all plain fields; PHONE, EMAIL, WEB and IM only by name */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly START?: number | string
  }
  /** The fields of a lead. */
  readonly 'crm.lead.fields': object
  /** Adds a deal; the result is its id. */
  readonly 'crm.deal.add': {
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Changes the given fields of a deal. Phones and e-mails: without ID added, with ID changed, with DELETE=Y or an empty VALUE removed. */
  readonly 'crm.deal.update': {
    /** id of the card */
    readonly ID: number | string
    /** values by name */
    readonly FIELDS: object
    /** REGISTER_SONET_EVENT, IMPORT: taken and not needed */
    readonly PARAMS?: unknown
  }
  /** Deletes a deal. */
  readonly 'crm.deal.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A deal with its phones and e-mails. */
  readonly 'crm.deal.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** A page of 50 cards. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it; a list means any of it; PHONE and EMAIL match exactly. */
  readonly 'crm.deal.list': {
    /** names; * for all plain fields; PHONE, EMAIL, WEB and IM only by name */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly START?: number | string
  }
  /** The fields of a deal. */
  readonly 'crm.deal.fields': object
  /** Ids of the leads, contacts and companies that have one of these phones or e-mails. */
  readonly 'crm.duplicate.findbycomm': {
    /** PHONE or EMAIL */
    readonly TYPE: string | number
    /** up to 20 phones or e-mails */
    readonly VALUES: readonly unknown[] | string | number
    /** LEAD, CONTACT or COMPANY */
    readonly ENTITY_TYPE?: string | number
  }
  /** An activity, for instance a finished call, with its participants and recordings. */
  readonly 'crm.activity.get': {
    /** id of the activity */
    readonly ID: number | string
  }
  /** A page of 50 activities, by default by START_TIME. */
  readonly 'crm.activity.list': {
    /** names; COMMUNICATIONS and FILES only by name */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name; BINDINGS: list of OWNER_TYPE_ID and OWNER_ID */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly START?: number | string
  }
  /** Adds a call list of contacts or companies; the result is its id. */
  readonly 'crm.calllist.add': {
    /** CONTACT or COMPANY */
    readonly ENTITY_TYPE?: string | number
    /** list of ids */
    readonly ENTITIES?: unknown
    /** CRM form */
    readonly WEBFORM_ID?: number | string
  }
  /** Replaces the participants of a call list; without WEBFORM_ID its form is cleared. */
  readonly 'crm.calllist.update': {
    /** the list */
    readonly LIST_ID?: number | string
    /** CONTACT or COMPANY */
    readonly ENTITY_TYPE?: string | number
    /** list of ids */
    readonly ENTITIES?: unknown
    /** CRM form */
    readonly WEBFORM_ID?: number | string
  }
  /** A call list. */
  readonly 'crm.calllist.get': {
    /** the list */
    readonly ID?: number | string
  }
  /** How it can stand with a participant. */
  readonly 'crm.calllist.statuslist': object
  /** Call lists. */
  readonly 'crm.calllist.list': {
    /** names */
    readonly SELECT?: unknown
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
  }
  /** The participants of a call list, in the order of calling. */
  readonly 'crm.calllist.items.get': {
    /** the list */
    readonly LIST_ID?: number | string
    /** STATUS */
    readonly FILTER?: object
  }
  /** The values of SOURCE, STATUS, DEAL_STAGE and CALL_LIST. */
  readonly 'crm.status.list': {
    /** ENTITY_ID, STATUS_ID */
    readonly FILTER?: object
    /** not needed: by ENTITY_ID and SORT */
    readonly ORDER?: object
  }
  /** Registers a call of the app, or answers the open one of the same key. */
  readonly 'telephony.externalCall.register': {
    /** owner of the call */
    readonly USER_ID?: number | string
    /** extension of the owner, instead of USER_ID */
    readonly USER_PHONE_INNER?: string | number
    /** the customer's number */
    readonly PHONE_NUMBER?: string | number
    /** 1 out, 2 in, 3 in redirected, 4 callback, 5 info */
    readonly TYPE?: number | string
    /** start of the call; now if absent */
    readonly CALL_START_DATE?: string
    /** add a lead for an unknown number; no if absent */
    readonly CRM_CREATE?: Switch
    /** source of the lead */
    readonly CRM_SOURCE?: string | number
    /** CONTACT, COMPANY or LEAD; searched by number if absent */
    readonly CRM_ENTITY_TYPE?: string | number
    /** id of the card */
    readonly CRM_ENTITY_ID?: number | string
    /** show the call card; yes if absent */
    readonly SHOW?: Switch
    /** accepted; calls are not written to chats */
    readonly ADD_TO_CHAT?: Switch
    /** id of the call list that the event named */
    readonly CALL_LIST_ID?: number | string
    /** number of the external line */
    readonly LINE_NUMBER?: string | number
    /** id of the call in the PBX */
    readonly EXTERNAL_CALL_ID?: string | number
  }
  /** Finishes a call: statistics, activity, closed call card. */
  readonly 'telephony.externalCall.finish': {
    /** id of the call */
    readonly CALL_ID?: string | number
    /** user to be credited */
    readonly USER_ID?: number | string
    /** extension of the user, instead of USER_ID */
    readonly USER_PHONE_INNER?: string | number
    /** seconds of talk; 0 if absent */
    readonly DURATION?: number | string
    /** what the call cost; 0 if absent */
    readonly COST?: number | string
    /** currency of COST */
    readonly COST_CURRENCY?: string | number
    /** outcome, such as 200, 304 or 486; if absent 200 with a DURATION, else 304 */
    readonly STATUS_CODE?: string | number
    /** why it failed, in words */
    readonly FAILED_REASON?: string | number
    /** fetched in the background; deprecated */
    readonly RECORD_URL?: string | number
    /** the customer's mark, 1 to 5 */
    readonly VOTE?: number | string
    /** accepted; calls are not written to chats */
    readonly ADD_TO_CHAT?: Switch
  }
  /** Shows the call card to users; by default to the owner of the call. */
  readonly 'telephony.externalCall.show': {
    /** id of the call */
    readonly CALL_ID?: string | number
    /** user or users */
    readonly USER_ID?: number | string | ReadonlyArray<number | string>
  }
  /** Hides the call card from users; by default from everybody. */
  readonly 'telephony.externalCall.hide': {
    /** id of the call */
    readonly CALL_ID?: string | number
    /** user or users */
    readonly USER_ID?: number | string | ReadonlyArray<number | string>
  }
  /** Contacts, companies and leads with this number, best match first. */
  readonly 'telephony.externalCall.searchCrmEntities': {
    /** the customer's number */
    readonly PHONE_NUMBER: string | number
  }
  /** Attaches the recording of a finished call: by URL, inline, or by an upload address. */
  readonly 'telephony.externalCall.attachRecord': {
    /** id of the call */
    readonly CALL_ID?: string | number
    /** fetched within the request */
    readonly RECORD_URL?: string | number
    /** ends in wav or mp3 */
    readonly FILENAME?: string | number
    /** base64 */
    readonly FILE_CONTENT?: string | number
    /** the same, as older pages spell it */
    readonly CFILE_CONTENT?: string | number
  }
  /** Our extension: a middle state of a call, shown live on the call card. Connectors that do not know it work without. */
  readonly 'hookswitch.call.progress': {
    /** id of the call */
    readonly CALL_ID: string | number
    /** ringing_agent, ringing_client or talking */
    readonly STATE: string | number
    /** when; now if absent */
    readonly AT?: string
  }
  /** The call statistics, 50 rows a page. */
  readonly 'voximplant.statistic.get': {
    /** conditions by field */
    readonly FILTER?: object
    /** one field */
    readonly SORT?: string | number
    /** ASC or DESC */
    readonly ORDER?: string | number
  }
  /** Adds an external line of the app. */
  readonly 'telephony.externalLine.add': {
    /** number or name of the line */
    readonly NUMBER: string | number
    /** what people read */
    readonly NAME?: string | number
    /** Y */
    readonly CRM_AUTO_CREATE?: Switch
  }
  /** Changes the name or auto-create of a line. */
  readonly 'telephony.externalLine.update': {
    /** number or name of the line */
    readonly NUMBER: string | number
    /** what people read */
    readonly NAME?: string | number
    /** Y or N */
    readonly CRM_AUTO_CREATE?: Switch
  }
  /** The app's lines. */
  readonly 'telephony.externalLine.get': object
  /** Removes a line. */
  readonly 'telephony.externalLine.delete': {
    /** number or name of the line */
    readonly NUMBER: string | number
  }
  /** The portal's outgoing target. */
  readonly 'voximplant.line.outgoing.get': object
  /** Sets the portal's outgoing target; an unknown one changes nothing. */
  readonly 'voximplant.line.outgoing.set': {
    /** app:ID, line:ID, webhook:ID, or the NUMBER of a line */
    readonly LINE_ID?: string | number
  }
  /** What can be an outgoing target: id and name. */
  readonly 'voximplant.line.get': object
}
