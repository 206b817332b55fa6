/**
 * THE PORT: what the connector asks of a telephone system, and what it is told by it. The state machine above it (`call.ts`) knows no PBX;
 * a driver below it knows no portal. The demo phone (`demo/handsets.ts`) implements it, the Asterisk driver will, and `pbx.suite.ts` holds
 * every driver to what is written here.
 *
 * @module
 */

/** The two ends of a call: the company's own person, and whoever is called or calls. */
export type LegName = 'agent' | 'client'

/** What a driver needs to know of a call. */
export interface PbxCall {
  /** The portal's id, unique. A driver derives its own ids from it, so that placing a leg twice finds the first one. */
  readonly callId: string
  /** The agent's extension, digits. */
  readonly extension: string
  /** The client's number, checked against `^\+?[0-9*#]{2,20}$` before it gets here: it is safe inside a dial string. */
  readonly number: string
  /** Number of the line to call out by; empty for the driver's own default. */
  readonly line: string
  /** Digits to send after the client's answer, or empty. */
  readonly extensionDigits: string
  /** Which time this phone is rung in this call, from 1; 1 if absent. Only a higher one rings it again. */
  readonly round?: number
  /** For displays only. */
  readonly agentName: string
  readonly clientName: string
}

/**
 * Why a leg ended: the Q.850 cause, and the SIP status where the PBX knows it (more exact). Read by `outcome.ts` only.
 */
export interface HangupCause {
  readonly q850: number
  readonly sip?: number
  /** Of an order that the PBX did not take: why, for people. */
  readonly words?: string
}

/** What of a call decides whether it can be placed. */
export type PbxRoute = Pick<PbxCall, 'extension' | 'number' | 'line'>

/** What is asked about before anybody is rung. `isCallOut`: the client will be called by the line; else only the extension counts. */
export type PreflightWish = PbxRoute & { readonly isCallOut?: boolean }

/** Says that a leg changed. Times are the PBX's, told in the connector's clock, milliseconds since 1970. */
export interface LegEvent {
  readonly type: 'leg'
  readonly callId: string
  readonly leg: LegName
  /** Of an agent's leg: whose phone. Absent: that of the call, which has only one. */
  readonly extension?: string
  readonly state: 'ringing' | 'answered' | 'ended'
  /** With `ended` only. */
  readonly cause?: HangupCause
  readonly at: number
}

/** Somebody calls in and waits; `takeIncoming` ties it to the call that the portal registered for it. */
export interface IncomingEvent {
  readonly type: 'incoming'
  /** The PBX's id of the waiting caller, stable across a repeat of this event. */
  readonly ref: string
  readonly number: string
  readonly line: string
  readonly at: number
}

/** The agent who talks wants somebody else to take the call over, and keyed whom. */
export interface TransferEvent {
  readonly type: 'transfer'
  readonly callId: string
  /** Who keyed it. */
  readonly extension: string
  /** Digits: the extension that shall ring. */
  readonly to: string
  readonly at: number
}

/** A call that people made without the connector is over. Told only by a driver that is set to watch for them. */
export interface DeskCallEvent {
  readonly type: 'desk_call'
  /** The PBX's id of the call. */
  readonly ref: string
  /** Whose phone dialled, and whose was dialled and answered or rang; absent for the outside world. */
  readonly fromExtension?: string
  readonly toExtension?: string
  readonly callerNumber: string
  readonly dialledNumber: string
  /** As the settings name it; empty for none of them. */
  readonly line: string
  readonly startedAt: number
  readonly answeredAt?: number
  readonly endedAt: number
  readonly hasRung: boolean
  /** Who dialled gave up. */
  readonly isCanceled: boolean
  /** Why whoever was dialled did not answer. */
  readonly cause: HangupCause
}

/** The PBX can be spoken to (again). Whatever happened before is known by `list()` only. */
export interface UpEvent {
  readonly type: 'up'
}

/** The PBX cannot be spoken to: what happens from here on is not seen. `up` follows when it can be again. */
export interface DownEvent {
  readonly type: 'down'
}

/** All that a driver tells. */
export type PbxEvent = LegEvent | IncomingEvent | TransferEvent | DeskCallEvent | UpEvent | DownEvent

/** May this call be placed? A refusal is told to the person who clicked, in `text`. */
export type Preflight =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'no_extension' | 'offline' | 'busy' | 'unavailable'; readonly text: string }

/** Names a leg. An agent's without `extension` is every agent's leg of the call. */
export interface LegRef {
  readonly callId: string
  readonly leg: LegName
  readonly extension?: string
}

/** A leg that stands on the PBX now. A caller who waits is `answered`: it is for us to answer them. `placed`: its phone has said nothing yet. */
export interface LiveLeg extends LegRef {
  readonly state: 'placed' | 'ringing' | 'answered'
}

/** A finished recording. */
export interface Recording {
  /** Ends in `.wav` or `.mp3`. */
  readonly fileName: string
  readonly content: Blob
  /** Whole seconds; 0 when unknown. */
  readonly seconds: number
}

/** What a browser registers at the PBX with. */
export interface PhoneAccess {
  readonly login: string
  readonly password: string
  /** Host part of its SIP addresses. */
  readonly domain: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly iceServers: readonly { readonly urls: string; readonly username?: string; readonly credential?: string }[]
}

/** One thing that a first call needs, and whether it is there. */
export interface PbxCheck {
  /** `ari`, `rights`, `recordings`, `line`, `phone`, or what the driver calls it. */
  readonly name: string
  /** What of that kind was looked at, e.g. the number of a line. */
  readonly subject: string
  readonly ok: boolean
  /** Of a failure, e.g. `wrong_login`, `read_only`, `no_trunk`, `phone_offline`; else empty. */
  readonly code: string
  /** Of a failure: what is wrong and what to do; else empty. */
  readonly text: string
}

/** Gives out phones that live in a browser. */
export interface BrowserPhones {
  /** ws or wss address of the PBX, as the portal reaches it. */
  readonly socket: string
  /** A phone for an extension; asked again within half its life, the same one. Rejects with words for the person who wants it. */
  issue(extension: string): Promise<PhoneAccess>
}

/** The PBX refused to place a leg. `cause` is read like that of a leg that ended. */
export class PlacementRefused extends Error {
  override readonly name = 'PlacementRefused'
  readonly reason: HangupCause

  constructor(text: string, reason: HangupCause) {
    super(text)
    this.reason = reason
  }
}

/**
 * A telephone system. Promises that every driver keeps:
 * - Placing a leg resolves when the PBX took the order, not when anybody answers. Events of the leg may come before it resolves.
 * - A leg is told in order `ringing` (may be left out) → `answered` → `ended`, each at most once; `ended` always comes, also after `hangup`,
 *   unless the PBX or the driver died: then `up` follows and `list()` no longer has the leg.
 * - Placing a leg that stands already, or that stood in this run of the PBX, rings nobody a second time, unless its `round` is a later one.
 * - The agent is heard by the client whom they called as soon as both have answered; that, and early media, are the driver's business.
 * - A call may ring several agents: each `extension` is a leg of its own, and every rule above is kept for each. Who of them talks to a
 *   caller, or takes a talk over, is said by `connect`.
 * - The end of one leg does not end the other; the connector asks for that.
 */
export interface Pbx {
  /** For logs and pages, e.g. `Asterisk 22`. */
  readonly name: string
  /** Absent: this PBX has no phones for browsers. */
  readonly phones?: BrowserPhones
  /** Looks at all that a first call needs; absent: there is nothing to look at. `extension` may be empty. Never rejects, never rings. */
  check?(extension: string): Promise<readonly PbxCheck[]>
  /** Rings a phone for a test, without a call. Rejects with words for the person who asked. */
  ring?(extension: string): Promise<void>
  /** Asks without ringing. Resolves within two seconds, whatever the PBX does. */
  preflight(wish: PreflightWish): Promise<Preflight>
  /** Rings the agent at `call.extension`. Rejects with {@link PlacementRefused}. The driver's own ring limit is longer than the connector's. */
  placeAgentLeg(call: PbxCall): Promise<void>
  /** Rings the client, for an agent who has answered. Rejects with {@link PlacementRefused}. */
  placeClientLeg(call: PbxCall): Promise<void>
  /**
   * Ties a waiting caller (by the `ref` of its event) to a call: from here on it is the answered client leg of it, and hears ringing until
   * `connect`. False if it is gone. To hang up a caller who was never connected leaves them to the PBX's own plan.
   */
  takeIncoming(ref: string, call: PbxCall): Promise<boolean>
  /** Leaves a waiting caller to the PBX's own plan, e.g. a voice box. Resolves also when it is gone. */
  leaveIncoming(ref: string): Promise<void>
  /** Lets the client and the agent at `call.extension`, who has answered, hear each other, and no other agent. Asking again is no error. */
  connect(call: PbxCall): Promise<void>
  /**
   * Starts to record a call on which both talk; the recording ends with the call. False: this PBX is set to record nothing. Asking again is
   * no error. A rejection must not end the call.
   */
  record(call: PbxCall): Promise<boolean>
  /** Ends a leg. Resolves also when there is none. */
  hangup(leg: LegRef): Promise<void>
  /** All legs that stand now and belong to the connector. */
  list(): Promise<readonly LiveLeg[]>
  /** Adds a listener, called in order and never inside a call of another function of this port. Answers how to remove it. */
  events(listener: (event: PbxEvent) => void): () => void
  /** The recording of an ended call, waiting up to 10 s for the PBX to close it; `undefined` if there is none. Works after a restart. */
  fetchRecording(callId: string): Promise<Recording | undefined>
  /**
   * Seconds of sound in the recording of an ended call, without bringing it over; `undefined` when that cannot be told within a moment. Absent:
   * what this PBX records it records whole.
   */
  recordedSeconds?(callId: string): Promise<number | undefined>
  /** The portal has the recording: lets go of it, unless it shall stay on the PBX for a while. */
  releaseRecording(callId: string): Promise<void>
  /** Deletes a recording. */
  dropRecording(callId: string): Promise<void>
  /** Calls of which the PBX has a recording of ours. Absent: a PBX that keeps none. */
  listRecordings?(): Promise<readonly string[]>
  /** Lets go of the PBX; legs that stand go on standing if the PBX can do that. */
  close(): Promise<void>
}
