import type { Loose } from '../rest/php.ts'
import { event } from './event.ts'

/** Tells an app that its offline queue has something (contract 3.5); at most once in `options.minTimeout` seconds. */
export const offlineWaiting = event<Readonly<Record<string, never>>>({
  name: 'ONOFFLINEEVENT',
  scope: null,
  about: "Events wait in the app's offline queue: fetch them with event.offline.get.",
  deliveryClass: 'notice',
  data: () => ({}),
})

/** Raised by `event.test` at the handlers of the app that calls it (contract 3.4). */
export const appTest = event<{ query: Readonly<Record<string, Loose>>; language: string }>({
  name: 'ONAPPTEST',
  scope: null,
  about: 'An app tries its handler.',
  deliveryClass: 'notice',
  data: ({ query, language }) => ({ QUERY: query, LANGUAGE_ID: language }),
})
