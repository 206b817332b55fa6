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
]

/** What of an implemented method or event is missing, in words for the reader. Everything else that is here is whole. */
export const partly: Readonly<Record<string, string>> = {
  OnAppUpdate: 'can be bound and is never said: local apps have no versions',
  OnAppPayment: 'can be bound and is never said: apps are not paid for here',
  OnAppMethodConfirm: "can be bound and is never said: no method waits for an administrator's confirmation here",
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

function allAnswer(error: string, text: string): Record<string, string> {
  return Object.fromEntries(each(text).map((name): [string, string] => [name, error]))
}
