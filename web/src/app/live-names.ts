import type { QueryKey } from '@tanstack/react-query'

/** What the words that name no card of the CRM make stale. */
const staleByWord: Readonly<Record<string, QueryKey[]>> = {
  '*': [[]],
  calls: [['calls']],
  call: [['calls', 'open'], ['calls', 'history'], ['timeline'], ['traces'], ['call-lists', 'one'], ['callback-requests']],
  contacts: [['rows', 'contact']],
  companies: [['rows', 'company']],
  leads: [['rows', 'lead']],
  deliveries: [['deliveries'], ['traces']],
  delivery: [['deliveries'], ['traces']],
  handlers: [['handlers']],
  handler: [['handlers']],
  settings: [['telephony'], ['targets'], ['users'], ['session'], ['webhooks'], ['switches']],
  users: [['users'], ['session']],
  apps: [['apps'], ['targets'], ['telephony'], ['webhooks'], ['callback-forms']],
  webhooks: [['webhooks'], ['targets'], ['telephony'], ['callback-forms']],
  'call-lists': [['call-lists']],
  'call-list': [['call-lists']],
  notifications: [['notifications']],
  'callback-forms': [['callback-forms']],
  'callback-requests': [['callback-requests']],
}

/** Which queries a name of the live stream makes stale. An unknown name makes nothing stale. */
export function staleKeysOf(name: string): QueryKey[] {
  const [word = '', id = ''] = name.split(':')
<<<<<<< HEAD
  switch (word) {
    case '*':
      return [[]]
    case 'calls':
      return [['calls']]
    case 'call':
      return [
        ['calls', 'open'],
        ['calls', 'history'],
        ['calls', 'one'],
        ['calls', 'transcript'],
        ['timeline'],
        ['traces'],
        ['call-lists', 'one'],
        ['callback-requests'],
      ]
    case 'contact':
    case 'company':
    case 'lead':
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
    case 'contacts':
      return [['rows', 'contact']]
    case 'companies':
      return [['rows', 'company']]
    case 'leads':
      return [['rows', 'lead']]
    case 'deliveries':
    case 'delivery':
      return [['deliveries'], ['traces']]
    case 'handlers':
    case 'handler':
      return [['handlers']]
    case 'settings':
      return [['telephony'], ['targets'], ['users'], ['session'], ['webhooks'], ['switches']]
    case 'users':
      return [['users'], ['session']]
    case 'apps':
      return [['apps'], ['targets'], ['telephony'], ['webhooks'], ['callback-forms'], ['placements']]
    case 'placements':
      return [['placements']]
    case 'webhooks':
      return [['webhooks'], ['targets'], ['telephony'], ['callback-forms']]
    case 'call-lists':
    case 'call-list':
      return [['call-lists']]
    case 'notifications':
      return [['notifications']]
    case 'callback-forms':
      return [['callback-forms']]
    case 'callback-requests':
      return [['callback-requests']]
    default:
      return []
  }
=======
  if (word !== 'contact' && word !== 'company' && word !== 'lead') return Object.hasOwn(staleByWord, word) ? (staleByWord[word] ?? []) : []
  return id
    ? [
        ['card', word, Number(id)],
        ['timeline', word, Number(id)],
        ['rows', word],
      ]
    : [
        ['rows', word],
        ['card', word],
        ['timeline', word],
      ]
>>>>>>> ba0b7af (What the live stream's names make stale as a table)
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
