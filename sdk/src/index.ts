/**
 * For people who write apps and connectors: call a portal's REST methods, receive its events.
 *
 *     const handler = createEventHandler({ applicationToken: () => stored.applicationToken, onError: console.error })
 *     handler.on('ONEXTERNALCALLSTART', ({ data }) => dial(data.PHONE_NUMBER_INTERNATIONAL, data.CALL_ID))
 *     createServer(nodeListener(handler)).listen(8080)
 *
 * @module
 */
export { MAX_BATCH, type BatchAnswer, type BatchCommand } from './batch.ts'
export {
  createPortalClient,
  type ClientSettings,
  type KnownMethodName,
  type PortalAccess,
  type PortalClient,
  type Upload,
} from './client.ts'
export type * from './contract.ts'
export { PortalRefusal, PortalUnreachable } from './errors.ts'
export {
  accept,
  createEventHandler,
  readEvent,
  refuse,
  type Answer,
  type EventHandler,
  type Exchange,
  type HandlerSettings,
  type Listener,
  type PortalEvent,
  type RawReply,
  type RawRequest,
  type Receiver,
} from './handler.ts'
export { createInstallReceiver, type Installation, type InstallSettings } from './install.ts'
export type { MethodParams, Switch } from './method-params.ts'
export { nodeListener } from './node-http.ts'
export { encodePhpForm, MalformedForm, parsePhpForm, type PhpMap, type PhpValue } from './php-form.ts'
export { isSameText, isSignedBody, signBody, SIGNATURE_TOLERANCE_S, type RequestHeaders } from './signature.ts'
export { refreshTokens, type AppCredentials, type Tokens } from './tokens.ts'
