import type { QueryKey } from '@tanstack/react-query'

/** Which queries a name of the live stream makes stale. An unknown name makes nothing stale. */
export function staleKeysOf(name: string): QueryKey[] {
  const [word = '', id = ''] = name.split(':')
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
