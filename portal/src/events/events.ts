import type { Loose } from '../rest/php.ts'
import { event } from './event.ts'

/** Raised by `event.test` at the handlers of the app that calls it (contract 3.4). */
export const appTest = event<{ query: Readonly<Record<string, Loose>>; language: string }>({
  name: 'ONAPPTEST',
  scope: null,
  about: 'An app tries its handler.',
  deliveryClass: 'notice',
  data: ({ query, language }) => ({ QUERY: query, LANGUAGE_ID: language }),
})
