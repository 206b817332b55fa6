import { request, type Query } from './request.ts'
import type * as T from './types.ts'

/** Every operation of `/v1` the web uses, one line each. */
export const portal = {
  session: () => request<T.Session>('GET', '/session'),
  signIn: (email: string, password: string) => request<T.Session>('POST', '/session', { body: { email, password } }),
  signOut: () => request<void>('DELETE', '/session'),
  changePause: (isPaused: boolean) => request<unknown>('PATCH', '/me', { body: { isPaused } }),
  changeLanguage: (language: T.Language) => request<unknown>('PATCH', '/me', { body: { language } }),
  changeOwnTarget: (target: string | null) => request<unknown>('PUT', '/me/target', { body: { target } }),

  users: (query: Query = {}) => request<T.Page<T.User>>('GET', '/users', { query }),
  /** answers the password once, when none was given and the portal made one */
  addUser: (input: T.UserInput) => request<T.User & { password?: string }>('POST', '/users', { body: input }),
  changeUser: (id: number, input: T.UserInput) => request<T.User>('PATCH', `/users/${id}`, { body: input }),

  rows: (kind: T.EntityKind, query: Query) => request<T.Page<T.EntityRow>>('GET', `/${collectionOf[kind]}`, { query }),
  card: (kind: T.EntityKind, id: number) => request<T.EntityCard>('GET', `/${collectionOf[kind]}/${id}`),
  addCard: (kind: T.EntityKind, input: T.EntityInput) => request<T.EntityCard>('POST', `/${collectionOf[kind]}`, { body: input }),
  changeCard: (kind: T.EntityKind, id: number, input: T.EntityInput) =>
    request<T.EntityCard>('PATCH', `/${collectionOf[kind]}/${id}`, { body: input }),
  deleteCard: (kind: T.EntityKind, id: number) => request<void>('DELETE', `/${collectionOf[kind]}/${id}`),
  /** the ten best contacts, companies and leads */
  find: (text: string) => request<{ items: T.EntityRow[] }>('GET', '/search', { query: { q: text } }),
  timeline: (kind: T.EntityKind, id: number, cursor: string | null) =>
    request<T.Page<T.TimelineEntry>>('GET', `/${collectionOf[kind]}/${id}/timeline`, { query: { cursor } }),
  addNote: (kind: T.EntityKind, id: number, text: string) =>
    request<{ id: number }>('POST', `/${collectionOf[kind]}/${id}/notes`, { body: { text } }),
  deleteNote: (id: number) => request<void>('DELETE', `/notes/${id}`),

  click: (input: T.ClickInput, idempotencyKey: string) =>
    request<T.ClickAnswer>('POST', '/clicks', { body: input, headers: { 'idempotency-key': idempotencyKey } }),
  explain: (number: string, userId: number | null) => request<T.Explanation>('GET', '/explain', { query: { number, userId } }),
  openCalls: () => request<{ items: T.Call[] }>('GET', '/calls/open'),
  calls: (query: Query) => request<T.Page<T.Call>>('GET', '/calls', { query }),
  call: (callId: string) => request<T.Call>('GET', `/calls/${encodeURIComponent(callId)}`),
  transcript: (callId: string) => request<T.Transcript>('GET', `/calls/${encodeURIComponent(callId)}/transcript`),
  dismissCall: (callId: string) => request<void>('POST', `/calls/${encodeURIComponent(callId)}/dismiss`, { body: {} }),

  transferCall: (callId: string, extension: string) =>
    request<void>('POST', `/calls/${encodeURIComponent(callId)}/transfer`, { body: { extension } }),

  phoneOffer: () => request<T.PhoneOffer>('GET', '/phone'),
  phoneAccess: () => request<T.PhoneAccess>('PUT', '/phone/access', { body: {} }),

  telephony: () => request<T.Telephony>('GET', '/telephony'),
  changeTelephony: (input: T.TelephonyInput) => request<T.Telephony>('PUT', '/telephony', { body: input }),
  targets: () => request<{ items: T.Target[] }>('GET', '/targets'),

  apps: () => request<{ items: T.App[] }>('GET', '/apps'),
  app: (id: number) => request<T.AppCard>('GET', `/apps/${id}`),
  addApp: (input: T.AppInput) => request<T.AppSecret>('POST', '/apps', { body: input }),
  changeApp: (id: number, input: Partial<T.AppInput>) => request<T.App>('PATCH', `/apps/${id}`, { body: input }),
  deleteApp: (id: number) => request<void>('DELETE', `/apps/${id}`),
  appReport: (id: number, extension: string) => request<T.AppReport>('GET', `/apps/${id}/check`, { query: { extension } }),
  ringPhone: (id: number, extension: string) => request<void>('POST', `/apps/${id}/ring`, { body: { extension } }),
  rotateAppSecret: (id: number) => request<T.AppSecret>('POST', `/apps/${id}/secret`, { body: {} }),
  finishAppInstall: (id: number) => request<unknown>('POST', `/apps/${id}/install-finish`, { body: {} }),
  frame: (id: number, wish: T.FrameWish) => request<T.Frame>('POST', `/apps/${id}/frame`, { body: wish }),
  frameTokens: (id: number) => request<T.FrameTokens>('POST', `/apps/${id}/frame-tokens`, { body: {} }),
  setAppOption: (id: number, option: { name: string; value: unknown; own: boolean }) =>
    request<void>('PUT', `/apps/${id}/options`, { body: option }),
  placements: (code: T.PlaceCode) => request<{ items: T.Placement[] }>('GET', '/placements', { query: { code } }),
  placementFrame: (id: number, wish: T.FrameWish & { callId?: string }) =>
    request<T.Frame>('POST', `/placements/${id}/frame`, { body: wish }),
  /** a background page took too long; true when it was removed for that */
  reportSlowPage: (id: number) => request<{ removed: boolean }>('POST', `/placements/${id}/slow`, { body: {} }),
  cardStatus: (callId: string) => request<T.CardStatus>('GET', `/calls/${encodeURIComponent(callId)}/card-status`),
  changeHandler: (id: number, input: T.HandlerInput) => request<T.Handler>('PATCH', `/handlers/${id}`, { body: input }),

  callbackForms: () => request<T.CallbackForms>('GET', '/callback-forms'),
  addCallbackForm: (input: T.CallbackFormInput & { title: string }) => request<T.CallbackForm>('POST', '/callback-forms', { body: input }),
  changeCallbackForm: (id: number, input: T.CallbackFormInput) =>
    request<T.CallbackForm>('PATCH', `/callback-forms/${id}`, { body: input }),
  deleteCallbackForm: (id: number) => request<void>('DELETE', `/callback-forms/${id}`),
  callbackRequests: (id: number, cursor: string | null) =>
    request<T.Page<T.CallbackRequest>>('GET', `/callback-forms/${id}/requests`, { query: { cursor } }),
  handlers: () => request<{ items: T.Handler[] }>('GET', '/handlers'),
  handler: (id: number) => request<T.HandlerCard>('GET', `/handlers/${id}`),
  testHandler: (id: number) => request<T.DeliveryCard>('POST', `/handlers/${id}/test`, { body: {} }),
  handlerSecret: (id: number) => request<T.HandlerSecret>('GET', `/handlers/${id}/secret`),
  rotateHandlerSecret: (id: number) => request<T.HandlerSecret>('POST', `/handlers/${id}/secret`, { body: {} }),

  incomingWebhooks: () => request<{ items: T.IncomingWebhook[] }>('GET', '/webhooks/incoming'),
  addIncomingWebhook: (input: T.IncomingWebhookInput) => request<T.IncomingWebhook>('POST', '/webhooks/incoming', { body: input }),
  deleteIncomingWebhook: (id: number) => request<void>('DELETE', `/webhooks/incoming/${id}`),
  outgoingWebhooks: () => request<{ items: T.OutgoingWebhook[] }>('GET', '/webhooks/outgoing'),
  addOutgoingWebhook: (input: T.OutgoingWebhookInput) => request<T.OutgoingWebhook>('POST', '/webhooks/outgoing', { body: input }),
  deleteOutgoingWebhook: (id: number) => request<void>('DELETE', `/webhooks/outgoing/${id}`),

  deliveries: (query: Query) => request<T.Page<T.Delivery>>('GET', '/deliveries', { query }),
  delivery: (id: number) => request<T.DeliveryCard>('GET', `/deliveries/${id}`),
  replayDelivery: (id: number, confirmDial: boolean) =>
    request<T.Delivery>('POST', `/deliveries/${id}/replay`, { body: confirmDial ? { confirmDial: true } : {} }),
  replayPlan: (query: Query) => request<T.ReplayPlan>('GET', '/replay-plan', { query }),
  replayMany: (input: T.ReplayManyInput, idempotencyKey: string) =>
    request<{ count: number }>('POST', '/replays', { body: input, headers: { 'idempotency-key': idempotencyKey } }),
  trace: (id: number) => request<T.Trace>('GET', `/traces/${id}`),

  notes: (cursor: string | null) => request<T.NotificationPage>('GET', '/notifications', { query: { cursor } }),
  readNote: (id: number) => request<void>('POST', `/notifications/${id}/read`, { body: {} }),
  readAllNotes: () => request<void>('POST', '/notifications/read-all', { body: {} }),

  missedCalls: () => request<{ count: number }>('GET', '/missed-calls'),
  lookAtMissedCalls: () => request<void>('POST', '/missed-calls/looked-at', { body: {} }),

  switches: () => request<T.Switches>('GET', '/switches'),
  changeSwitches: (input: Partial<T.Switches>) => request<T.Switches>('PATCH', '/switches', { body: input }),
  retention: () => request<T.RetentionCard>('GET', '/retention'),
  changeRetention: (input: Partial<T.RetentionRules>) => request<T.RetentionRules>('PATCH', '/retention', { body: input }),
  profiles: () => request<T.WireProfiles>('GET', '/profiles'),
  profileDiff: (query: Query) => request<T.ProfileDiff>('GET', '/profiles/diff', { query }),

  callLists: () => request<T.Page<T.CallList>>('GET', '/call-lists'),
  callList: (id: number) => request<T.CallListCard>('GET', `/call-lists/${id}`),
  addCallList: (input: T.CallListInput) => request<T.CallList>('POST', '/call-lists', { body: input }),
  markCallListItem: (listId: number, itemId: number, status: T.CallListStatus) =>
    request<unknown>('PATCH', `/call-lists/${listId}/items/${itemId}`, { body: { status } }),
}

/** The name of a kind's list in paths, of the API and of the web. */
export const collectionOf = { contact: 'contacts', company: 'companies', lead: 'leads' } as const satisfies Record<T.EntityKind, string>
