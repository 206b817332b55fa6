import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { flag, integer, map, text } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { readAddress } from './address.ts'
import { places, type Place, type PlacementInput, type Placements, type PlacementWords } from './placements.ts'

/** What the rows need. */
export interface PlacementParts {
  readonly store: Store
  readonly placements: Placements
}

const inApp = { scope: 'placement', context: 'app', contextError: 'placement_context' } as const

/** `placement.*` (contract 8.6): some refusals come with HTTP 200. */
export function placementMethods({ store, placements }: PlacementParts): Methods {
  return {
    'placement.list': method({
      ...inApp,
      about: 'Codes of the places that are open to the app.',
      params: { SCOPE: text('only those of this scope'), FULL: flag('those of all scopes') },
      errors: ['placement_context'],
      run: ({ params, caller }) => listCodes(caller, params.SCOPE, params.FULL === true),
    }),
    'placement.bind': method({
      ...inApp,
      about: 'Puts a page of the app into a place; administrators only.',
      params: {
        PLACEMENT: text('CALL_CARD, TELEPHONY_ANALYTICS_MENU (scope telephony) or PAGE_BACKGROUND_WORKER'),
        HANDLER: text('address of the page', 'handler_url'),
        TITLE: text('title; the app’s unless told'),
        DESCRIPTION: text('description'),
        GROUP_NAME: text('name of a group of pages'),
        LANG_ALL: map('language → TITLE, DESCRIPTION, GROUP_NAME'),
        OPTIONS: map('PAGE_BACKGROUND_WORKER: errorHandlerUrl'),
        USER_ID: integer('PAGE_BACKGROUND_WORKER: only for this user; 0 = everybody'),
      },
      errors: [
        'placement_context',
        'access_denied',
        'placement_argument',
        'handler_url',
        'placement_not_found',
        'placement_user',
        'placement_error_handler',
        'placement_count',
        'placement_bound',
      ],
      async run({ params, caller }) {
        const portal = await store.read.selectFrom('portal').select('language').where('id', '=', caller.portalId).executeTakeFirstOrThrow()
        await placements.bind(readPlacement(caller, params, portal.language))
        return true
      },
    }),
    'placement.unbind': method({
      ...inApp,
      about: 'Takes pages of the app out of a place; administrators only. The result is how many there were.',
      params: {
        PLACEMENT: text('code of the place').required(),
        HANDLER: text('only this page'),
        USER_ID: integer('only of this user'),
      },
      errors: ['placement_context', 'access_denied', 'argument'],
      async run({ params, caller }) {
        const filter = {
          ...ofApp(caller),
          code: params.PLACEMENT.toUpperCase(),
          ...(params.HANDLER !== undefined && { handler: params.HANDLER }),
          ...(params.USER_ID !== undefined && { userId: params.USER_ID }),
        }
        return { count: await placements.unbind(filter) }
      },
    }),
    'placement.get': method({
      ...inApp,
      about: 'The pages that the app has put into places.',
      params: {},
      errors: ['placement_context'],
      run: async ({ caller }) => (await placements.ofApp(caller.portalId, caller.appId ?? 0)).map(presentPlacement),
    }),
  }
}

function isOpen(place: Place, caller: Caller): boolean {
  return place.scope === null || caller.scope.has(place.scope)
}

function listCodes(caller: Caller, scope: string | undefined, isFull: boolean): string[] {
  const wanted = places.filter((place) => (scope === undefined ? isFull || isOpen(place, caller) : place.scope === scope))
  return wanted.map((place) => place.code)
}

function ofApp(caller: Caller): { portalId: number; appId: number } {
  if (!caller.isAdmin) throw new PortalError('access_denied')
  return { portalId: caller.portalId, appId: caller.appId ?? 0 }
}

interface SentPlacement {
  readonly PLACEMENT: string | undefined
  readonly HANDLER: string | undefined
  readonly TITLE: string | undefined
  readonly DESCRIPTION: string | undefined
  readonly GROUP_NAME: string | undefined
  readonly LANG_ALL: LooseMap | undefined
  readonly OPTIONS: LooseMap | undefined
  readonly USER_ID: number | undefined
}

function readPlacement(caller: Caller, sent: SentPlacement, language: string): PlacementInput {
  const owner = ofApp(caller)
  if (sent.PLACEMENT === undefined) throw new PortalError('placement_argument', { argument: 'PLACEMENT' })
  if (sent.HANDLER === undefined) throw new PortalError('placement_argument', { argument: 'HANDLER' })
  const code = sent.PLACEMENT.toUpperCase()
  const place = places.find((one) => one.code === code)
  if (!place || !isOpen(place, caller)) throw new PortalError('placement_not_found')
  const userId = sent.USER_ID ?? 0
  if (userId !== 0 && !place.forUsers) throw new PortalError('placement_user')
  const options = sent.OPTIONS ?? {}
  if (code === 'PAGE_BACKGROUND_WORKER' && !isAddress(options['errorHandlerUrl'])) throw new PortalError('placement_error_handler')
  const given = { title: readText(sent.TITLE), description: readText(sent.DESCRIPTION), groupName: readText(sent.GROUP_NAME) }
  const languages = readLanguages(sent.LANG_ALL)
  const words = given.title === '' ? (languages[language] ?? Object.values(languages)[0] ?? given) : given
  return {
    ...owner,
    code,
    handler: readHandler(sent.HANDLER),
    userId,
    words,
    languages: Object.keys(languages).length > 0 ? languages : { [language]: words },
    options,
  }
}

function readHandler(sent: string): string {
  if (!isAddress(sent)) throw new PortalError('handler_url')
  return sent.trim()
}

function isAddress(sent: Loose): boolean {
  if (typeof sent !== 'string' || sent.trim() === '') return false
  try {
    return readAddress('HANDLER', sent) !== ''
  } catch {
    return false
  }
}

function readText(sent: Loose): string {
  return typeof sent === 'string' || typeof sent === 'number' ? withoutNul(String(sent)).trim().slice(0, 255) : ''
}

function readLanguages(sent: LooseMap | undefined): Record<string, PlacementWords> {
  const read: Record<string, PlacementWords> = {}
  for (const [language, words] of Object.entries(sent ?? {}).slice(0, 50)) {
    if (!isMap(words) || !/^[a-z]{2}$/i.test(language)) continue
    read[language.toLowerCase()] = {
      title: readText(words['TITLE']),
      description: readText(words['DESCRIPTION']),
      groupName: readText(words['GROUP_NAME']),
    }
  }
  return read
}

/** Empty maps are `[]` on the wire (contract 0.3). */
function presentPlacement(row: Row<'placement'>): Record<string, unknown> {
  const options = JSON.parse(row.options) as LooseMap
  const languages = Object.entries(JSON.parse(row.languages) as Record<string, PlacementWords>)
  return {
    placement: row.code,
    userId: row.user_id,
    handler: row.handler,
    options: Object.keys(options).length === 0 ? [] : options,
    title: row.title,
    description: row.description,
    langAll: Object.fromEntries(
      languages.map(([language, words]) => [language, { TITLE: words.title, DESCRIPTION: words.description, GROUP_NAME: words.groupName }]),
    ),
  }
}
