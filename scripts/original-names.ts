/**
 * What the original documents in the scopes that a telephony connector may use: names of methods and events as its public documentation spells
 * them. COMPATIBILITY.md says of each whether it is here. Names only; how they answer is in the contract suite.
 */
export interface OriginalScope {
  readonly title: string
  readonly methods: readonly string[]
  readonly events: readonly string[]
}

const names = (text: string): string[] => text.split(/\s+/).filter((name) => name !== '')
/** `crm.x.{get|list}` stands for several names. */
const each = (text: string): string[] =>
  names(text).flatMap((name) => {
    const open = name.indexOf('{')
    if (open === -1) return [name]
    const close = name.indexOf('}')
    return name
      .slice(open + 1, close)
      .split('|')
      .flatMap((word) => each(`${name.slice(0, open)}${word}${name.slice(close + 1)}`))
  })

/** The scopes in the order of the page. */
export const originalScopes: readonly OriginalScope[] = [
  {
    title: 'Telephony',
    methods: each(`
      telephony.externalCall.{register|finish|show|hide|searchCrmEntities|attachRecord}
      telephony.call.attachTranscription
      telephony.externalLine.{add|update|get|delete}
      voximplant.statistic.get voximplant.line.get voximplant.line.outgoing.{get|set} voximplant.line.outgoing.sip.set
      voximplant.user.{get|activatePhone|deactivatePhone} voximplant.tts.voices.get voximplant.url.get
      voximplant.sip.{add|update|delete|get|status} voximplant.sip.connector.status
      voximplant.callback.start voximplant.infocall.{startwithtext|startwithsound}
      call.followup.{list|get} call.followup.field.{list|get}`),
    events: names(`
      OnExternalCallStart OnExternalCallBackStart OnVoximplantCallInit OnVoximplantCallStart OnVoximplantCallEnd`),
  },
  {
    title: 'Events and the portal',
    methods: each(`
      event.{bind|unbind|get|test} events event.offline.{get|list|clear|error}
      batch method.get methods scope app.info app.option.{get|set} user.option.{get|set} server.time feature.get access.name
      profile user.admin user.access placement.{list|bind|unbind|get}`),
    events: names(`
      OnAppInstall OnAppUpdate OnAppUninstall OnAppPayment OnAppMethodConfirm OnAppTest OnAppUserReady OnOfflineEvent`),
  },
  {
    title: 'Users, departments, notifications',
    methods: each(`
      user.{add|update|get|current|search|fields} user.userfield.{add|update|delete|list} user.userfield.file.get
      department.{fields|get|add|update|delete}
      im.notify im.notify.personal.add im.notify.system.add im.notify.delete im.notify.read im.notify.read.list im.notify.read.all
      im.notify.answer im.notify.confirm im.notify.get im.notify.history.search im.notify.schema.get`),
    events: names('OnUserAdd'),
  },
  {
    title: 'CRM',
    methods: each(`
      crm.activity.{add|delete|fields|get|list|update} crm.activity.badge.{add|delete|get|list}
      crm.activity.binding.{add|delete|list|move} crm.activity.call.getTranscript crm.activity.communication.fields
      crm.activity.configurable.{add|get|update} crm.activity.layout.blocks.{delete|get|set}
      crm.activity.todo.{add|update|updatecolor|updatedeadline|updatedescription|updateresponsibleuser}
      crm.activity.type.{add|delete|list} crm.address.{add|delete|fields|list|update}
      crm.automatedsolution.{add|delete|fields|get|list|update} crm.automation.trigger crm.automation.trigger.{add|delete|execute|list}
      crm.calllist.{add|get|list|statuslist|update} crm.calllist.items.get crm.catalog.{fields|get|list}
      crm.category.{add|delete|fields|get|list|update} crm.company.{add|delete|fields|get|list|update}
      crm.company.contact.{add|delete|fields} crm.company.contact.items.{delete|get|set}
      crm.company.details.configuration.{forcecommonscopeforall|get|reset|set} crm.company.userfield.{add|delete|get|list|update}
      crm.contact.{add|delete|fields|get|list|update} crm.contact.company.{add|delete|fields} crm.contact.company.items.{delete|get|set}
      crm.contact.details.configuration.{forcecommonscopeforall|get|reset|set} crm.contact.userfield.{add|delete|get|list|update}
      crm.currency.{add|delete|fields|get|list|update} crm.currency.base.{get|set} crm.currency.localizations.{delete|fields|get|set}
      crm.deal.{add|delete|fields|get|list|update} crm.deal.contact.{add|delete|fields} crm.deal.contact.items.{delete|get|set}
      crm.deal.details.configuration.{forcecommonscopeforall|get|reset|set} crm.deal.productrows.{get|set}
      crm.deal.recurring.{add|delete|expose|fields|get|list|update} crm.deal.userfield.{add|delete|get|list|update}
      crm.dealcategory.{add|delete|fields|get|list|status|update} crm.dealcategory.default.{get|set} crm.dealcategory.stage.list
      crm.documentgenerator.document.{add|delete|enablepublicurl|get|getfields|list|update|upload}
      crm.documentgenerator.numerator.{add|delete|get|list|update} crm.documentgenerator.template.{add|delete|get|getfields|list|update}
      crm.duplicate.findbycomm crm.duplicate.volatiletype.{fields|list|register|unregister} crm.entity.mergebatch
      crm.enum.{activitydirection|activitynotifytype|activitypriority|activitystatus|activitytype|addresstype|contenttype|fields|getorderownertypes|ownertype}
      crm.enum.settings.mode crm.invoice.{add|delete|fields|get|getexternallink|list|update}
      crm.invoice.recurring.{add|delete|expose|fields|get|list|update} crm.invoice.status.{add|delete|fields|get|list|update}
      crm.invoice.userfield.{add|delete|get|list|update} crm.item.{add|batchimport|delete|fields|get|import|list|update}
      crm.item.delivery.{get|list} crm.item.details.configuration.{forcecommonscopeforall|get|reset|set}
      crm.item.payment.{add|delete|get|list|pay|unpay|update} crm.item.payment.delivery.{add|delete|list|setdelivery}
      crm.item.payment.product.{add|delete|list|setquantity}
      crm.item.productrow.{add|delete|fields|get|getavailableforpayment|list|set|update} crm.lead.{add|delete|fields|get|list|update}
      crm.lead.contact.{add|delete|fields} crm.lead.contact.items.{delete|get|set}
      crm.lead.details.configuration.{forcecommonscopeforall|get|reset|set} crm.lead.productrows.{get|set}
      crm.lead.userfield.{add|delete|get|list|update} crm.measure.{add|delete|fields|get|list|update} crm.multifield.fields
      crm.orderentity.{add|deletebyfilter|getfields|list} crm.paysystem.{fields|list} crm.persontype.{fields|list}
      crm.product.{add|delete|fields|get|list|update} crm.product.property.{add|delete|fields|get|list|types|update}
      crm.product.property.enumeration.fields crm.product.property.settings.fields crm.productrow.{fields|list}
      crm.productsection.{add|delete|fields|get|list|update} crm.quote.{add|delete|fields|get|list|update}
      crm.quote.contact.{add|delete|fields} crm.quote.contact.items.{delete|get|set} crm.quote.productrows.{get|set}
      crm.quote.userfield.{add|delete|get|list|update} crm.requisite.{add|delete|fields|get|list|update}
      crm.requisite.bankdetail.{add|delete|fields|get|list|update} crm.requisite.link.{fields|get|list|register|unregister}
      crm.requisite.preset.{add|countries|delete|fields|get|list|update}
      crm.requisite.preset.field.{add|availabletoadd|delete|fields|get|list|update} crm.requisite.userfield.{add|delete|get|list|update}
      crm.settings.mode.get crm.stagehistory.list crm.status.{add|delete|fields|get|list|update} crm.status.entity.{items|types}
      crm.timeline.bindings.{bind|fields|list|unbind} crm.timeline.comment.{add|delete|fields|get|list|update}
      crm.timeline.icon.{add|delete|get|list} crm.timeline.item.{pin|unpin} crm.timeline.layout.blocks.{delete|get|set}
      crm.timeline.logmessage.{add|delete|get|list} crm.timeline.logo.{add|delete|get|list} crm.timeline.note.{delete|get|save}
      crm.type.{add|delete|fields|get|getbyentitytypeid|list|update} crm.userfield.enumeration.fields crm.userfield.{fields|types}
      crm.userfield.settings.fields crm.vat.{add|delete|fields|get|list|update}`),
    events: each(`
      OnCrmLead{Add|Update|Delete} OnCrmDeal{Add|Update|Delete} OnCrmContact{Add|Update|Delete} OnCrmCompany{Add|Update|Delete}
      OnCrmQuote{Add|Update|Delete} OnCrmInvoice{Add|Update|Delete} OnCrmRequisite{Add|Update|Delete} OnCrmProduct{Add|Update|Delete}
      OnCrmCurrency{Add|Update|Delete} OnCrmActivity{Add|Update|Delete} OnCrmBankDetail{Add|Update|Delete}
      OnCrmAddress{Add|Update|Delete} OnCrmDynamicItem{Add|Update|Delete} OnCrmLeadUserField{Add|Update|Delete|SetEnumValues}
      OnCrmDealUserField{Add|Update|Delete|SetEnumValues} OnCrmContactUserField{Add|Update|Delete|SetEnumValues}
      OnCrmCompanyUserField{Add|Update|Delete|SetEnumValues} OnCrmQuoteUserField{Add|Update|Delete|SetEnumValues}
      OnCrmInvoiceUserField{Add|Update|Delete|SetEnumValues} OnCrmRequisiteUserField{Add|Update|Delete|SetEnumValues}
      OnCrmDealMoveToCategory OnCrmDealRecurring{Add|Update|Delete|Expose} OnCrmInvoiceRecurring{Add|Update|Delete|Expose}
      OnCrmInvoiceSetStatus OnCrmProductProperty{Add|Update|Delete} OnCrmProductSection{Add|Update|Delete} OnCrmType{Add|Update|Delete}
      OnCrmTimelineComment{Add|Update|Delete} OnCrmDocumentGeneratorDocument{Add|Update|Delete}`),
  },
]

/** What of an implemented method or event is missing, in words for the reader. Everything else that is here is whole. */
export const partly: Readonly<Record<string, string>> = {
  OnAppPayment: 'can be bound and is never said: apps are not paid for here',
  OnAppMethodConfirm: "can be bound and is never said: no method waits for an administrator's confirmation here",
  ...allLack(
    'the fields that the `fields` method lists; others, such as addresses, UTM marks and the fields of an account (UF_*), are left aside',
    'crm.{contact|company|lead|deal}.{add|update|get|list|fields}',
  ),
  ...allLack(
    'leads, deals, contacts and companies with the fields that crm.item.fields lists; no smart processes, no fields of an account',
    'crm.item.{add|update|get|list|delete|fields}',
  ),
  ...allLack(
    'a contact has one company; IS_PRIMARY and SORT are not kept',
    'crm.contact.company.{add|fields} crm.contact.company.items.{get|set} crm.company.contact.{add|fields} crm.company.contact.items.{get|set}',
  ),
  ...allLack(
    'a lead or a deal has one contact; IS_PRIMARY, SORT and ROLE_ID are not kept',
    'crm.{lead|deal}.contact.{add|fields} crm.{lead|deal}.contact.items.{get|set}',
  ),
  ...allLack(
    'deals have one pipeline',
    'crm.category.{list|get|fields} crm.dealcategory.{list|get|status|fields} crm.dealcategory.stage.list',
  ),
  ...allLack("the currency of the portal's country alone", 'crm.currency.{list|get}'),
  ...allLack(
    "chat_id is the user's id, there are no chats; notes have no buttons, titles and pictures of their authors",
    'im.notify.get im.notify.history.search',
  ),
  ...allLack('FILES are not kept', 'crm.timeline.comment.{add|update}'),
  ...allLack('FILES is always empty', 'crm.timeline.comment.{get|list}'),
  ...allLack(
    'the directories of sources, stages of leads and deals and call lists; no others',
    'crm.status.{add|update|delete|get|list} crm.status.entity.{items|types}',
  ),
  ...allLack('the fields that crm.activity.fields lists; files only of recordings', 'crm.activity.{add|update|get|list|fields}'),
}

/** Methods that are declared and refuse every call, as the original does where a portal lacks the matter: the code they answer. */
export const refusing: Readonly<Record<string, string>> = {
  ...allAnswer(
    'ACCESS_DENIED',
    'voximplant.sip.{add|update|delete|get|status} voximplant.sip.connector.status voximplant.user.{activatePhone|deactivatePhone}',
  ),
  ...allAnswer('ERROR_ARGUMENT', 'voximplant.line.outgoing.sip.set'),
  ...allAnswer('ERROR_CORE', 'voximplant.callback.start voximplant.infocall.{startwithtext|startwithsound}'),
}

/** A refusal of the original that no call meets here. */
export interface NeverRefused {
  /** its code, empty where the text is what tells it */
  readonly code: string
  readonly text: string
  readonly of: string
  readonly why: string
}

/** Documented refusals for which there is no cause here. */
export const neverRefused: readonly NeverRefused[] = [
  {
    code: 'ACCESS_ERROR',
    text: "You don't have access to these entities",
    of: '`crm.calllist.add`, `.items.get`, `.update`',
    why: 'every employee may see and change every card and call list',
  },
  { code: '', text: 'CRM is not installed.', of: '`telephony.externalCall.searchCrmEntities`', why: 'the CRM is always there' },
  {
    code: '',
    text: 'Unexpected database error',
    of: '`telephony.externalCall.finish`',
    why: 'a database that fails is `INTERNAL_SERVER_ERROR`, 503 or 507, for every method',
  },
  { code: '', text: 'DB error', of: '`telephony.externalLine.add`', why: 'as above' },
  {
    code: 'METHOD_CONFIRM_WAITING',
    text: 'Waiting for confirmation',
    of: '`voximplant.user.get`',
    why: "no method waits for an administrator's confirmation: administrators read all, others themselves",
  },
  { code: 'METHOD_CONFIRM_DENIED', text: 'Method call denied', of: '`voximplant.user.get`', why: 'as above' },
  {
    code: 'allowed_only_intranet_user',
    text: 'allowed_only_intranet_user',
    of: '`crm.item.*`',
    why: 'there are no users from outside the company',
  },
  {
    code: 'INVALID_CREDENTIALS',
    text: 'Invalid request credentials',
    of: 'any',
    why: 'a refusal for lack of rights names the right that is missing',
  },
  { code: 'AUTHORIZE_ERROR', text: 'AUTHORIZE_ERROR', of: 'any', why: 'as above' },
  { code: 'PAYMENT_REQUIRED', text: 'PAYMENT_REQUIRED', of: 'OAuth', why: 'nothing is paid for here' },
  { code: '', text: 'REST API is available only on commercial plans', of: 'any', why: 'as above' },
  { code: 'PORTAL_DELETED', text: 'PORTAL_DELETED', of: 'any', why: 'a portal that is gone answers nothing' },
  { code: 'ERROR_MANIFEST_IS_NOT_AVAILABLE', text: 'Manifest is not available', of: 'any', why: 'there are no manifests' },
  { code: 'MAX_CLOUD_PBX', text: 'MAX_CLOUD_PBX', of: '`voximplant.sip.add`', why: 'the portal has no lines and SIP devices of its own' },
]

function allLack(what: string, text: string): Record<string, string> {
  return Object.fromEntries(each(text).map((name): [string, string] => [name, what]))
}

function allAnswer(error: string, text: string): Record<string, string> {
  return Object.fromEntries(each(text).map((name): [string, string] => [name, error]))
}
