import type { QueryKey } from '@tanstack/react-query'

/** What the words that name no card of the CRM make stale. */
const staleByWord: Readonly<Record<string, QueryKey[]>> = {
  '*': [[]],
  calls: [['calls']],
  call: [
    ['calls', 'open'],
    ['calls', 'history'],
    ['calls', 'one'],
    ['calls', 'transcript'],
    ['timeline'],
    ['traces'],
    ['call-lists', 'one'],
    ['callback-requests'],
  ],
  contacts: [['rows', 'contact']],
  companies: [['rows', 'company']],
  leads: [['rows', 'lead']],
  deliveries: [['deliveries'], ['traces']],
  delivery: [['deliveries'], ['traces']],
  handlers: [['handlers']],
  handler: [['handlers']],
  settings: [['telephony'], ['targets'], ['users'], ['session'], ['webhooks'], ['switches'], ['retention']],
  users: [['users'], ['session']],
  apps: [['apps'], ['targets'], ['telephony'], ['webhooks'], ['callback-forms'], ['placements']],
  placements: [['placements']],
  webhooks: [['webhooks'], ['targets'], ['telephony'], ['callback-forms']],
  'call-lists': [['call-lists']],
  'call-list': [['call-lists']],
  notifications: [['notifications']],
  'missed-calls': [['missed-calls']],
  'callback-forms': [['callback-forms']],
  'callback-requests': [['callback-requests']],
}

/** Which queries a name of the live stream makes stale. An unknown name makes nothing stale. */
export function staleKeysOf(name: string): QueryKey[] {
  const [word = '', id = ''] = name.split(':')
  if (word !== 'contact' && word !== 'company' && word !== 'lead') return Object.hasOwn(staleByWord, word) ? (staleByWord[word] ?? []) : []
  return id
    ? [
        ['card', word, Number(id)],
        ['timeline', word, Number(id)],
        ['rows', word],
        // somebody who calls may be in the CRM now
        ['calls', 'open'],
      ]
    : [
        ['rows', word],
        ['card', word],
        ['timeline', word],
      ]
}

/** The data of a `changed` message; anything else is no names. */
export function readChangedNames(data: string): string[] {
  try {
    const message: unknown = JSON.parse(data)
    if (typeof message !== 'object' || message === null || !('names' in message) || !Array.isArray(message.names)) return []
    return message.names.filter((name): name is string => typeof name === 'string')
  } catch {
    return []
  }
}
