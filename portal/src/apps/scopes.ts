import { PortalError } from '../errors.ts'

/** Scopes that there are. Some have no method here; apps written for the original ask for them all the same. */
export const knownScopes: readonly string[] = [
  'crm',
  'telephony',
  'call',
  'user',
  'user_basic',
  'user_brief',
  'department',
  'placement',
  'im',
  'imbot',
  'imopenlines',
  'task',
  'tasks',
  'disk',
  'calendar',
  'log',
  'entity',
  'lists',
  'bizproc',
  'mailservice',
  'messageservice',
  'sale',
  'catalog',
  'socialnetwork',
  'sonet_group',
  'timeman',
  'userconsent',
  'userfieldconfig',
  'pull',
  'pull_channel',
  'mobile',
  'rating',
  'intranet',
  'landing',
  'documentgenerator',
  'contact_center',
  'delivery',
  'pay_system',
  'rpa',
  'smile',
  'forum',
  'ai_admin',
  'biconnector',
  'booking',
  'humanresources.hcmlink',
  'appform',
  'cashbox',
  'configuration.import',
  'iblock',
  'salescenter',
  'sign.b2e',
  'vote',
]

/** Granted to who asks, as apps of earlier years do, but not in the list: the official PHP SDK refuses a list with names that it does not know. */
const formerScopes: readonly string[] = ['basic', 'crm.documentgenerator', 'faceid']

/** The comma list of the row as names. */
export function readScope(row: { readonly scope: string }): string[] {
  return row.scope === '' ? [] : row.scope.split(',')
}

/** The names as a comma list, each once. Refuses names that nobody knows. */
export function writeScope(scopes: readonly string[]): string {
  const names = [...new Set(scopes.map((scope) => scope.trim().toLowerCase()).filter(Boolean))]
  const unknown = names.find((name) => !knownScopes.includes(name) && !formerScopes.includes(name))
  if (unknown !== undefined) throw new PortalError('unknown_scope', { scope: unknown, known: knownScopes.join(', ') })
  return names.join(',')
}
