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
  /** Codes of the places that are open to the app. */
  readonly 'placement.list': {
    /** only those of this scope */
    readonly SCOPE?: string | number
    /** those of all scopes */
    readonly FULL?: Switch
  }
  /** Puts a page of the app into a place; administrators only. */
  readonly 'placement.bind': {
    /** CALL_CARD, TELEPHONY_ANALYTICS_MENU (scope telephony) or PAGE_BACKGROUND_WORKER */
    readonly PLACEMENT?: string | number
    /** address of the page */
    readonly HANDLER?: string | number
    /** title; the app’s unless told */
    readonly TITLE?: string | number
    /** description */
    readonly DESCRIPTION?: string | number
    /** name of a group of pages */
    readonly GROUP_NAME?: string | number
    /** language → TITLE, DESCRIPTION, GROUP_NAME */
    readonly LANG_ALL?: object
    /** PAGE_BACKGROUND_WORKER: errorHandlerUrl */
    readonly OPTIONS?: object
    /** PAGE_BACKGROUND_WORKER: only for this user; 0 = everybody */
    readonly USER_ID?: number | string
  }
  /** Takes pages of the app out of a place; administrators only. The result is how many there were. */
  readonly 'placement.unbind': {
    /** code of the place */
    readonly PLACEMENT: string | number
    /** only this page */
    readonly HANDLER?: string | number
    /** only of this user */
    readonly USER_ID?: number | string
  }
  /** The pages that the app has put into places. */
  readonly 'placement.get': object
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
    /** ASC or DESC, or {FIELD: ASC|DESC} */
    readonly ORDER?: unknown
    /** fields to answer; all unless told */
    readonly SELECT?: readonly unknown[] | string | number
    /** accepted and not needed: everybody sees all employees */
    readonly ADMIN_MODE?: unknown
  }
  /** Users by name, position or any field. */
  readonly 'user.search': {
    /** map of fields; prefixes = ! > >= < <= % @ before a name; a list means one of. The same names are taken at top level */
    readonly FILTER?: unknown
    /** field to sort by, or {FIELD: ASC|DESC} */
    readonly SORT?: unknown
    /** ASC or DESC, or {FIELD: ASC|DESC} */
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
  /** Adds an employee; the result is the id. Nothing is mailed: an administrator sets the password in the settings. */
  readonly 'user.add': {
    /** e-mail address, the sign-in name */
    readonly EMAIL?: string | number
    /** first name */
    readonly NAME?: string | number
    /** last name */
    readonly LAST_NAME?: string | number
    /** second name */
    readonly SECOND_NAME?: string | number
    /** position */
    readonly WORK_POSITION?: string | number
    /** work phone */
    readonly WORK_PHONE?: string | number
    /** personal phone */
    readonly PERSONAL_PHONE?: string | number
    /** mobile phone */
    readonly PERSONAL_MOBILE?: string | number
    /** id or ids of departments */
    readonly UF_DEPARTMENT?: unknown
    /** extension: digits, * and # */
    readonly UF_PHONE_INNER?: string | number
    /** Y is refused: there are no guests */
    readonly EXTRANET?: unknown
  }
  /** Changes the given fields of a user. Without administrator rights: of oneself, and not EMAIL, ACTIVE, UF_DEPARTMENT and UF_PHONE_INNER. */
  readonly 'user.update': {
    /** the user */
    readonly ID?: number | string
    /** e-mail address */
    readonly EMAIL?: string | number
    /** first name */
    readonly NAME?: string | number
    /** last name */
    readonly LAST_NAME?: string | number
    /** second name */
    readonly SECOND_NAME?: string | number
    /** position */
    readonly WORK_POSITION?: string | number
    /** work phone */
    readonly WORK_PHONE?: string | number
    /** personal phone */
    readonly PERSONAL_PHONE?: string | number
    /** mobile phone */
    readonly PERSONAL_MOBILE?: string | number
    /** id or ids of departments */
    readonly UF_DEPARTMENT?: unknown
    /** extension: digits, * and # */
    readonly UF_PHONE_INNER?: string | number
    /** false: may not sign in nor call */
    readonly ACTIVE?: unknown
  }
  /** Names and titles of department fields. */
  readonly 'department.fields': object
  /** Adds a department; the result is its id. Administrators only. */
  readonly 'department.add': {
    /** name */
    readonly NAME: string | number
    /** order */
    readonly SORT?: number | string
    /** department that it belongs to */
    readonly PARENT?: number | string
    /** user who leads it */
    readonly UF_HEAD?: number | string
  }
  /** Changes the given fields of a department. Administrators only. */
  readonly 'department.update': {
    /** the department */
    readonly ID: number | string
    /** name */
    readonly NAME?: string | number
    /** order */
    readonly SORT?: number | string
    /** department that it belongs to */
    readonly PARENT?: number | string
    /** user who leads it */
    readonly UF_HEAD?: number | string
  }
  /** Deletes an empty department. Administrators only. */
  readonly 'department.delete': {
    /** the department */
    readonly ID: number | string
  }
  /** A note to a user, under the bell. */
  readonly 'im.notify': {
    /** who gets it */
    readonly USER_ID?: number | string
    /** what is said */
    readonly MESSAGE?: string | number
    /** for e-mail: taken and not needed, nothing is mailed */
    readonly MESSAGE_OUT?: unknown
    /** replaces earlier notes of the same app and tag to the same user */
    readonly TAG?: string | number
    /** kept */
    readonly SUB_TAG?: string | number
    /** checked and not shown: the bell shows texts */
    readonly ATTACH?: unknown
    /** old name of USER_ID */
    readonly TO?: number | string
    /** USER: from the calling user, the default; SYSTEM: from the system */
    readonly TYPE?: string | number
  }
  /** A note from the calling user to a user, under the bell. */
  readonly 'im.notify.personal.add': {
    /** who gets it */
    readonly USER_ID?: number | string
    /** what is said */
    readonly MESSAGE?: string | number
    /** for e-mail: taken and not needed, nothing is mailed */
    readonly MESSAGE_OUT?: unknown
    /** replaces earlier notes of the same app and tag to the same user */
    readonly TAG?: string | number
    /** kept */
    readonly SUB_TAG?: string | number
    /** checked and not shown: the bell shows texts */
    readonly ATTACH?: unknown
  }
  /** A note from the system to a user, under the bell. */
  readonly 'im.notify.system.add': {
    /** who gets it */
    readonly USER_ID?: number | string
    /** what is said */
    readonly MESSAGE?: string | number
    /** for e-mail: taken and not needed, nothing is mailed */
    readonly MESSAGE_OUT?: unknown
    /** replaces earlier notes of the same app and tag to the same user */
    readonly TAG?: string | number
    /** kept */
    readonly SUB_TAG?: string | number
    /** checked and not shown: the bell shows texts */
    readonly ATTACH?: unknown
  }
  /** Deletes a note, or all notes of the calling app with a tag. Answers whether there was one. */
  readonly 'im.notify.delete': {
    /** the note */
    readonly ID?: number | string
    /** all with this TAG */
    readonly TAG?: string | number
    /** all with this SUB_TAG */
    readonly SUB_TAG?: string | number
  }
  /** Marks a note to the calling user as read, and all newer ones too unless ONLY_CURRENT. */
  readonly 'im.notify.read': {
    /** the note */
    readonly ID: number | string
    /** this one alone */
    readonly ONLY_CURRENT?: Switch
  }
  /** Marks several notes to the calling user as read, or as unread with ACTION N. */
  readonly 'im.notify.read.list': {
    /** the notes */
    readonly IDS: number | string | ReadonlyArray<number | string>
    /** Y: read, the default; N: unread */
    readonly ACTION?: string | number
  }
  /** Marks all notes to the calling user as read. */
  readonly 'im.notify.read.all': object
  /** The notes to the calling user, newest first, in pages of 50. */
  readonly 'im.notify.get': {
    /** the last note of the page before */
    readonly LAST_ID?: number | string
    /** notes of a page: 50, or fewer */
    readonly LIMIT?: number | string
    /** taken and not needed: texts are answered as they are */
    readonly CONVERT_TEXT?: unknown
    /** 3, with LAST_ID: the cursor of pages */
    readonly LAST_TYPE?: number | string
  }
  /** The notes to the calling user that match, newest first, in pages of 50. */
  readonly 'im.notify.history.search': {
    /** the last note of the page before */
    readonly LAST_ID?: number | string
    /** notes of a page: 50, or fewer */
    readonly LIMIT?: number | string
    /** taken and not needed: texts are answered as they are */
    readonly CONVERT_TEXT?: unknown
    /** part of the text, three characters or more unless something else is searched for */
    readonly SEARCH_TEXT?: string | number
    /** rest or rest|rest_notify */
    readonly SEARCH_TYPE?: string | number
    /** several of them */
    readonly SEARCH_TYPES?: readonly unknown[] | string | number
    /** a moment of the day of the notes */
    readonly SEARCH_DATE?: string
    /** not before; with SEARCH_DATE_TO */
    readonly SEARCH_DATE_FROM?: string
    /** not after; with SEARCH_DATE_FROM */
    readonly SEARCH_DATE_TO?: string
    /** who sent them; 0: the system */
    readonly SEARCH_AUTHORS?: number | string | ReadonlyArray<number | string>
    /** those with this TAG */
    readonly GROUP_TAG?: string | number
  }
  /** The kinds of notes: those that applications and webhooks send. */
  readonly 'im.notify.schema.get': object
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
    /** up to 1000 codes such as U1 */
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
    /** field to sort by, or {FIELD: ASC|DESC} */
    readonly SORT?: unknown
    /** ASC or DESC, or {FIELD: ASC|DESC} */
    readonly ORDER?: unknown
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
    /** name of a queue of its own; REST calls that send it put nothing there */
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
    /** user of the handler; 0 or empty: handlers without one */
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
  /** Takes the first events of the app's offline queue. Parallel readers get different ones. */
  readonly 'event.offline.get': {
    /** conditions by field: ID, TIMESTAMP_X, EVENT_NAME, MESSAGE_ID */
    readonly filter?: object
    /** ASC or DESC by field; TIMESTAMP_X ASC */
    readonly order?: object
    /** how many; 50, at most 500 */
    readonly limit?: number | string
    /** 1: they are removed; 0: they are reserved under the process_id of the answer, until event.offline.clear */
    readonly clear?: Switch
    /** an earlier reservation: its records come again, then new ones join it */
    readonly process_id?: string | number
    /** name of the queue, as it was bound; the common one if absent */
    readonly auth_connector?: string | number
    /** 1: also those that were marked by event.offline.error */
    readonly error?: Switch
  }
  /** A page of the app's offline queue, reserved events included. Changes nothing. */
  readonly 'event.offline.list': {
    /** conditions by field: ID, TIMESTAMP_X, EVENT_NAME, MESSAGE_ID, PROCESS_ID, ERROR */
    readonly filter?: object
    /** ASC or DESC by field; ID ASC */
    readonly order?: object
    /** name of the queue, as it was bound; the common one if absent */
    readonly auth_connector?: string | number
  }
  /** Removes reserved events: they were worked off. */
  readonly 'event.offline.clear': {
    /** the reservation, as event.offline.get answered it */
    readonly process_id: string | number
    /** ids of the records */
    readonly id?: number | string | ReadonlyArray<number | string>
    /** MESSAGE_ID of the records; all of the reservation if absent */
    readonly message_id?: readonly unknown[] | string | number
  }
  /** Marks reserved events as failed: they come again only to who asks for failed ones. */
  readonly 'event.offline.error': {
    /** the reservation, as event.offline.get answered it */
    readonly process_id: string | number
    /** MESSAGE_ID of the records; all of the reservation if absent */
    readonly message_id?: readonly unknown[] | string | number
  }
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
  /** The fields of a type, by their camelCase names. */
  readonly 'crm.item.fields': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
  }
  /** An item with its phones and e-mails as `fm`. */
  readonly 'crm.item.get': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
    /** id of the item */
    readonly id?: number | string
  }
  /** A page of 50 items. Filters: a name with >=, >, <=, <, =, !, !=, %, =%, %=, !%, @, !@ before it, and groups under numeric keys with `logic` AND or OR. */
  readonly 'crm.item.list': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
    /** names; fm and entityTypeId come with * or without select */
    readonly select?: readonly unknown[] | string | number
    /** values by name */
    readonly filter?: object
    /** ASC or DESC by name */
    readonly order?: object
    /** offset, a multiple of 50; -1 counts nothing */
    readonly start?: number | string
  }
  /** Adds an item; the result is the item. */
  readonly 'crm.item.add': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
    /** values by camelCase name; fm: list of typeId, valueType, value */
    readonly fields?: object
  }
  /** Changes the given fields of an item; the result is the item. Values of fm: without id added, with id changed, with an empty value removed. */
  readonly 'crm.item.update': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
    /** id of the item */
    readonly id?: number | string
    /** values by camelCase name */
    readonly fields?: object
  }
  /** Deletes an item; the result is an empty list. */
  readonly 'crm.item.delete': {
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** taken and not needed: there are no fields of the account’s own */
    readonly useOriginalUfNames?: unknown
    /** id of the item */
    readonly id?: number | string
  }
  /** The fields of an activity. */
  readonly 'crm.activity.fields': object
  /** The fields of one of the COMMUNICATIONS of an activity. */
  readonly 'crm.activity.communication.fields': object
  /** Adds an activity; the result is its id. A call has exactly one of COMMUNICATIONS; without OWNER_ID it belongs to the card of the first. */
  readonly 'crm.activity.add': {
    /** values by name */
    readonly FIELDS: object
  }
  /** Changes the given fields of an activity; its type, provider and owner stay. */
  readonly 'crm.activity.update': {
    /** id of the activity */
    readonly ID: number | string
    /** values by name */
    readonly FIELDS: object
  }
  /** Deletes an activity. With the activity of a call list goes the list. */
  readonly 'crm.activity.delete': {
    /** id of the activity */
    readonly ID: number | string
  }
  /** Puts an activity on one more card. */
  readonly 'crm.activity.binding.add': {
    /** id of the activity */
    readonly activityId?: number | string
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** id of the card */
    readonly entityId?: number | string
  }
  /** Takes an activity off a card; it stays on one at least. */
  readonly 'crm.activity.binding.delete': {
    /** id of the activity */
    readonly activityId?: number | string
    /** 1 lead, 2 deal, 3 contact, 4 company */
    readonly entityTypeId?: number | string
    /** id of the card */
    readonly entityId?: number | string
  }
  /** The cards that an activity stands on. */
  readonly 'crm.activity.binding.list': {
    /** id of the activity */
    readonly activityId?: number | string
  }
  /** The fields of a value of a directory. */
  readonly 'crm.status.fields': object
  /** The values of SOURCE, STATUS, DEAL_STAGE and CALL_LIST, all at once, by SORT. */
  readonly 'crm.status.list': {
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
  }
  /** A value of a directory. */
  readonly 'crm.status.get': {
    /** id of the value */
    readonly ID: number | string
  }
  /** The stages of a pipeline of deals, as crm.status.list has them. A pipeline that is not there has none. */
  readonly 'crm.dealcategory.stage.list': {
    /** id of the pipeline; 0, the general one, if absent */
    readonly ID?: number | string
  }
  /** The directories. */
  readonly 'crm.status.entity.types': object
  /** The values of one directory, in short. */
  readonly 'crm.status.entity.items': {
    /** SOURCE, STATUS, DEAL_STAGE or CALL_LIST */
    readonly entityId: string | number
  }
  /** Adds a value to a directory; the result is its id. Administrators only. */
  readonly 'crm.status.add': {
    /** ENTITY_ID, STATUS_ID, NAME, SORT, COLOR, SEMANTICS */
    readonly FIELDS: object
  }
  /** Changes NAME, SORT, COLOR or SEMANTICS of a value. Administrators only. */
  readonly 'crm.status.update': {
    /** id of the value */
    readonly ID: number | string
    /** ENTITY_ID, STATUS_ID, NAME, SORT, COLOR, SEMANTICS */
    readonly FIELDS: object
  }
  /** Deletes a value that nothing has. Those that came with the portal: with PARAMS[FORCED]=Y. Administrators only. */
  readonly 'crm.status.delete': {
    /** id of the value */
    readonly ID: number | string
    /** FORCED: Y */
    readonly PARAMS?: unknown
  }
  /** The fields of a link. */
  readonly 'crm.contact.company.fields': object
  /** The company of a contact, as a list. */
  readonly 'crm.contact.company.items.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a contact belong to the company of ITEMS alone; there is one at most here. */
  readonly 'crm.contact.company.items.set': {
    /** id of the card */
    readonly ID: number | string
    /** list of maps with the ids of the other cards */
    readonly ITEMS?: unknown
  }
  /** A contact belongs to no company any more. */
  readonly 'crm.contact.company.items.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a contact belong to FIELDS[COMPANY_ID]; false when it does already. */
  readonly 'crm.contact.company.add': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** A contact belongs to FIELDS[COMPANY_ID] no more. */
  readonly 'crm.contact.company.delete': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** The fields of a link. */
  readonly 'crm.lead.contact.fields': object
  /** The contact of a lead, as a list. */
  readonly 'crm.lead.contact.items.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a lead belong to the contact of ITEMS alone; there is one at most here. */
  readonly 'crm.lead.contact.items.set': {
    /** id of the card */
    readonly ID: number | string
    /** list of maps with the ids of the other cards */
    readonly ITEMS?: unknown
  }
  /** A lead belongs to no contact any more. */
  readonly 'crm.lead.contact.items.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a lead belong to FIELDS[CONTACT_ID]; false when it does already. */
  readonly 'crm.lead.contact.add': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** A lead belongs to FIELDS[CONTACT_ID] no more. */
  readonly 'crm.lead.contact.delete': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** The fields of a link. */
  readonly 'crm.deal.contact.fields': object
  /** The contact of a deal, as a list. */
  readonly 'crm.deal.contact.items.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a deal belong to the contact of ITEMS alone; there is one at most here. */
  readonly 'crm.deal.contact.items.set': {
    /** id of the card */
    readonly ID: number | string
    /** list of maps with the ids of the other cards */
    readonly ITEMS?: unknown
  }
  /** A deal belongs to no contact any more. */
  readonly 'crm.deal.contact.items.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes a deal belong to FIELDS[CONTACT_ID]; false when it does already. */
  readonly 'crm.deal.contact.add': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** A deal belongs to FIELDS[CONTACT_ID] no more. */
  readonly 'crm.deal.contact.delete': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** The fields of a link. */
  readonly 'crm.company.contact.fields': object
  /** The contacts of a company. */
  readonly 'crm.company.contact.items.get': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes the contacts of ITEMS those of a company, and no others. */
  readonly 'crm.company.contact.items.set': {
    /** id of the card */
    readonly ID: number | string
    /** list of maps with the ids of the other cards */
    readonly ITEMS?: unknown
  }
  /** A company has no contacts any more. */
  readonly 'crm.company.contact.items.delete': {
    /** id of the card */
    readonly ID: number | string
  }
  /** Makes FIELDS[CONTACT_ID] belong to a company; false when it does already. */
  readonly 'crm.company.contact.add': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** FIELDS[CONTACT_ID] belongs to a company no more. */
  readonly 'crm.company.contact.delete': {
    /** id of the card */
    readonly ID: number | string
    /** the id of the other card */
    readonly FIELDS: object
  }
  /** What the numbers of activitytype mean. */
  readonly 'crm.enum.activitytype': object
  /** What the numbers of activitydirection mean. */
  readonly 'crm.enum.activitydirection': object
  /** What the numbers of activitystatus mean. */
  readonly 'crm.enum.activitystatus': object
  /** What the numbers of activitypriority mean. */
  readonly 'crm.enum.activitypriority': object
  /** What the numbers of activitynotifytype mean. */
  readonly 'crm.enum.activitynotifytype': object
  /** What the numbers of contenttype mean. */
  readonly 'crm.enum.contenttype': object
  /** The types of cards: their numbers, names and letters. */
  readonly 'crm.enum.ownertype': object
  /** The fields of a row of crm.enum.*. */
  readonly 'crm.enum.fields': object
  /** The fields of a phone, e-mail, website or messenger. */
  readonly 'crm.multifield.fields': object
  /** How the CRM works: 1 classic, with leads; 2 simple, without. */
  readonly 'crm.settings.mode.get': object
  /** What the answer of crm.settings.mode.get means. */
  readonly 'crm.enum.settings.mode': object
  /** The pipelines of deals: there is one. */
  readonly 'crm.category.list': {
    /** 2 deal */
    readonly entityTypeId?: number | string
  }
  /** The pipeline of deals, whose id is 0. */
  readonly 'crm.category.get': {
    /** 2 deal */
    readonly entityTypeId?: number | string
    /** 0 */
    readonly id?: number | string
  }
  /** The fields of a pipeline. */
  readonly 'crm.category.fields': {
    /** 2 deal */
    readonly entityTypeId?: number | string
  }
  /** The pipelines of deals beside the general one: none. */
  readonly 'crm.dealcategory.list': {
    /** names */
    readonly SELECT?: readonly unknown[] | string | number
    /** values by name */
    readonly FILTER?: object
    /** ASC or DESC by name */
    readonly ORDER?: object
  }
  /** A pipeline of deals; the general one is 0. */
  readonly 'crm.dealcategory.get': {
    /** id of the pipeline */
    readonly ID: number | string
  }
  /** The general pipeline of deals. */
  readonly 'crm.dealcategory.default.get': object
  /** The directory of the stages of a pipeline, for crm.status.*. */
  readonly 'crm.dealcategory.status': {
    /** id of the pipeline; 0, the general one, if absent */
    readonly ID?: number | string
  }
  /** The fields of a pipeline of deals. */
  readonly 'crm.dealcategory.fields': object
  /** The fields of a comment. */
  readonly 'crm.timeline.comment.fields': object
  /** A comment. */
  readonly 'crm.timeline.comment.get': {
    /** id of the comment */
    readonly ID: number | string
  }
  /** A page of 50 comments of one card. */
  readonly 'crm.timeline.comment.list': {
    /** names; all of them if absent */
    readonly SELECT?: readonly unknown[] | string | number
    /** ENTITY_TYPE and ENTITY_ID */
    readonly FILTER?: object
    /** ASC or DESC by ID, CREATED or AUTHOR_ID */
    readonly ORDER?: object
    /** offset, a multiple of 50 */
    readonly START?: number | string
  }
  /** Writes a comment on the timeline of a card; the result is its id. */
  readonly 'crm.timeline.comment.add': {
    /** ENTITY_TYPE, ENTITY_ID, COMMENT, AUTHOR_ID; FILES are not kept */
    readonly FIELDS?: object
  }
  /** Changes the text of a comment; the result is its id. One's own; administrators change any. */
  readonly 'crm.timeline.comment.update': {
    /** id of the comment */
    readonly ID?: number | string
    /** ENTITY_TYPE, ENTITY_ID, COMMENT, AUTHOR_ID; FILES are not kept */
    readonly FIELDS?: object
    /** 1 lead, 2 deal, 3 contact, 4 company: the comment must stand on a card of this type */
    readonly ownerTypeId?: number | string
    /** id of the card that the comment must stand on */
    readonly ownerId?: number | string
  }
  /** Deletes a comment; the result is null. One's own; administrators delete any. */
  readonly 'crm.timeline.comment.delete': {
    /** id of the comment */
    readonly ID?: number | string
    /** 1 lead, 2 deal, 3 contact, 4 company: the comment must stand on a card of this type */
    readonly ownerTypeId?: number | string
    /** id of the card that the comment must stand on */
    readonly ownerId?: number | string
  }
  /** The currency of the portal. `total` is 0, as the documentation has it. */
  readonly 'crm.currency.list': {
    /** ASC or DESC by name */
    readonly ORDER?: object
  }
  /** A currency with its words in the languages of the portal. */
  readonly 'crm.currency.get': {
    /** ISO 4217, such as USD */
    readonly ID: string | number
  }
  /** The code of the currency that the portal counts in. */
  readonly 'crm.currency.base.get': object
  /** The fields of a currency. */
  readonly 'crm.currency.fields': object
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
    /** make a lead, or a contact with a deal, of an unknown number; no if absent */
    readonly CRM_CREATE?: Switch
    /** source of what is made; CALL if absent */
    readonly CRM_SOURCE?: string | number
    /** CONTACT, COMPANY or LEAD; searched by number if absent */
    readonly CRM_ENTITY_TYPE?: string | number
    /** id of the card */
    readonly CRM_ENTITY_ID?: number | string
    /** show the call card; yes if absent */
    readonly SHOW?: Switch
    /** a note on the card's timeline; yes if absent */
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
    readonly CALL_ID: string | number
    /** user to be credited */
    readonly USER_ID?: number | string
    /** extension of the user, instead of USER_ID */
    readonly USER_PHONE_INNER?: string | number
    /** seconds of talk, a fraction is cut off; 0 if absent */
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
    /** a note on the card's timeline; yes if absent */
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
    /** when; now if absent, or if it cannot be: before the call or in the future */
    readonly AT?: string
  }
  /** The call statistics, 50 rows a page. */
  readonly 'voximplant.statistic.get': {
    /** conditions by field */
    readonly FILTER?: object
    /** one field, or {FIELD: ASC|DESC} */
    readonly SORT?: unknown
    /** ASC or DESC, or {FIELD: ASC|DESC} */
    readonly ORDER?: unknown
  }
  /** Adds an external line of the app. */
  readonly 'telephony.externalLine.add': {
    /** number or name of the line */
    readonly NUMBER: string | number
    /** what people read */
    readonly NAME?: string | number
    /** add a lead for an unknown number; Y if absent */
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
  /** Our extension: says where the app is asked for browser phones and to hand a talk over, and where the signalling of the phones goes. Without SOCKET it gives out no phones; without both it is asked for nothing. */
  readonly 'hookswitch.phone.set': {
    /** http or https address that is asked */
    readonly URL?: string | number
    /** ws or wss address of the PBX */
    readonly SOCKET?: string | number
  }
  /** Attaches what was said to a finished call. A repeat replaces the earlier transcript. */
  readonly 'telephony.call.attachTranscription': {
    /** CALL_ID */
    readonly CALL_ID: string | number
    /** list of SIDE (User or Client), START_TIME and STOP_TIME in seconds, MESSAGE */
    readonly MESSAGES: unknown
    /** 0 */
    readonly COST?: number | string
    /** empty */
    readonly COST_CURRENCY?: string | number
  }
  /** The transcript of the call of an activity as text; null when there is none. */
  readonly 'crm.activity.call.getTranscript': {
    /** id of the activity */
    readonly activityId: number | string
  }
  /** Outgoing target and extension of users; there are no SIP devices of the portal. People without admin rights may ask for themselves. */
  readonly 'voximplant.user.get': {
    /** user or users */
    readonly USER_ID: number | string | ReadonlyArray<number | string>
  }
  /** SIP devices of the portal are not there: ACCESS_DENIED. */
  readonly 'voximplant.user.activatePhone': object
  /** SIP devices of the portal are not there: ACCESS_DENIED. */
  readonly 'voximplant.user.deactivatephone': object
  /** Voices that a callback form can name. */
  readonly 'voximplant.tts.voices.get': object
  /** Addresses of the pages about telephony. */
  readonly 'voximplant.url.get': object
  /** SIP lines of the portal are not there: no CONFIG_ID is found. */
  readonly 'voximplant.line.outgoing.sip.set': {
    /** id of a SIP line */
    readonly CONFIG_ID?: number | string
  }
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.add': object
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.update': object
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.delete': object
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.get': object
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.status': object
  /** SIP lines of the portal are not there: ACCESS_DENIED. Lines belong to apps (telephony.externalLine.*). */
  readonly 'voximplant.sip.connector.status': object
  /** The portal has no lines of its own to call from: ERROR_CORE. */
  readonly 'voximplant.callback.start': {
    /** line */
    readonly FROM_LINE?: string | number
  }
  /** The portal has no lines of its own to call from: ERROR_CORE. */
  readonly 'voximplant.infocall.startwithtext': {
    /** line */
    readonly FROM_LINE?: string | number
  }
  /** The portal has no lines of its own to call from: ERROR_CORE. */
  readonly 'voximplant.infocall.startwithsound': {
    /** line */
    readonly FROM_LINE?: string | number
  }
}
