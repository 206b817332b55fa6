import { Type } from 'typebox'
import { wordsIn, type Placements } from '../../apps/placements.ts'
import type { Users } from '../../directory/users.ts'
import { route, type Route } from './route.ts'
import { Placement } from './schemas.ts'

/** What the rows need. */
export interface PlacementApiParts {
  readonly placements: Placements
  readonly users: Users
}

/** `/placements`: pages of apps in the portal's pages. */
export function placementRoutes({ placements, users }: PlacementApiParts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/placements',
      about: 'Pages of apps in a place (CALL_CARD, TELEPHONY_ANALYTICS_MENU, PAGE_BACKGROUND_WORKER), as the caller sees them.',
      access: 'user',
      query: Type.Object({ code: Type.String({ maxLength: 100 }) }),
      answers: { 200: Type.Object({ items: Type.Array(Placement) }) },
      async run({ caller: { portalId, userId }, query }) {
        const language = (await users.find(portalId, userId))?.language ?? 'en'
        const shown = await placements.shownTo(portalId, userId, query.code.toUpperCase())
        const items = shown.map((one) => ({
          id: one.row.id,
          appId: one.row.app_id,
          appTitle: one.appTitle,
          code: one.row.code,
          handler: one.row.handler,
          ...wordsIn(one, language),
          options: JSON.parse(one.row.options) as Record<string, unknown>,
        }))
        return { items }
      },
    }),
  ]
}
