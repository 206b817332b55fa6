/** What a place of the portal offers to a page of an app in it: the answer to `getInterface` (contract 8.6). */
export interface Place {
  /** by name; a command that answers `noAnswer` never calls back */
  commands: Readonly<Record<string, (params: unknown) => unknown>>
  events: readonly string[]
  /** Hands over how to say an event to the page; answers how to stop. */
  attach: (say: SayEvent) => () => void
  /** The page has bound an event. */
  onBound?: (event: string, say: SayEvent) => void
}

/** Says an event to a page. */
export type SayEvent = (event: string, ...args: unknown[]) => void

/** A command without an answer. */
export const noAnswer = Symbol('no answer')

/** A page without commands and events of its own, such as the app's main page. */
export const plainPlace: Place = { commands: {}, events: [], attach: () => () => undefined }
