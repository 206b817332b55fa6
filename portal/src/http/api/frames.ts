import { Type } from 'typebox'
import type { Frames, FrameWish } from '../../apps/frame.ts'
import type { Placements } from '../../apps/placements.ts'
import type { Users } from '../../directory/users.ts'
import { PortalError } from '../../errors.ts'
import type { Loose } from '../../rest/php.ts'
import type { Row } from '../../store/tables.ts'
import { cardOptions, type CardStatus } from '../../telephony/card-status.ts'
import { readId } from './path-id.ts'
import { route, type Route } from './route.ts'
import { CardStatus as CardStatusShape, Frame, FrameTokens } from './schemas.ts'

/** What the rows of frames need. */
export interface FrameApiParts {
  readonly frames: Frames
  readonly placements: Placements
  readonly users: Users
  /** what a page in the call card is told of a call; null when there is none */
  readonly cardStatus: (portalId: number, callId: string) => Promise<CardStatus | null>
}

const Uri = Type.Optional(Type.String({ maxLength: 2000, pattern: '^/', description: "path of the portal's page around the frame" }))
const Options = Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 100 }))
/** characters of JSON: of an option, and of what an app gives to its own page */
const largestOption = 65_536

/** Pages of apps in frames, and what their frames ask of the portal (contract 7.2, 8.6). */
export function frameRoutes(parts: FrameApiParts): Route[] {
  const { frames, placements, users } = parts
  const reader = async (portalId: number, userId: number): Promise<Row<'user'>> => {
    const user = await users.find(portalId, userId)
    if (!user) throw new PortalError('not_signed_in')
    return user
  }
  const statusOf = async (portalId: number, callId: string): Promise<CardStatus> => {
    const status = await parts.cardStatus(portalId, callId)
    if (!status) throw new PortalError('call_unknown', { id: callId.slice(0, 100) })
    return status
  }
  return [
    route({
      method: 'POST',
      path: '/apps/:id/frame',
      about: "What is posted into the app's frame, with fresh tokens.",
      access: 'user',
      body: Type.Object({ options: Options, uri: Uri }),
      answers: { 200: Frame },
      async run({ caller, params, body }) {
        return frames.open(await reader(caller.portalId, caller.userId), readId(params['id'], 'app_not_found'), wishOf(body))
      },
    }),
    route({
      method: 'POST',
      path: '/apps/:id/frame-tokens',
      about: "Fresh tokens for an app's page that is open in a frame (`refreshAuth`).",
      access: 'user',
      answers: { 200: FrameTokens },
      async run({ caller, params }) {
        return frames.renew(await reader(caller.portalId, caller.userId), readId(params['id'], 'app_not_found'))
      },
    }),
    route({
      method: 'PUT',
      path: '/apps/:id/options',
      about: "Writes an option of the app (administrators), or with `own` the caller's own option of it.",
      access: 'user',
      body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }), value: Type.Unknown(), own: Type.Optional(Type.Boolean()) }),
      answers: { 204: null },
      async run({ caller, params, body: { name, value, own = false } }) {
        if (name.includes('\0') || JSON.stringify(value ?? null).length > largestOption)
          throw new PortalError('invalid_input', {
            problem: `body: an option has a name without zero bytes and at most ${largestOption} characters`,
          })
        const option = { name, value: (value ?? null) as Loose, own }
        await frames.setOption(await reader(caller.portalId, caller.userId), readId(params['id'], 'app_not_found'), option)
        return null
      },
    }),
    route({
      method: 'POST',
      path: '/placements/:id/frame',
      about: 'What is posted into the frame of a page in a place, with fresh tokens; a page in the call card names its call.',
      access: 'user',
      body: Type.Object({ callId: Type.Optional(Type.String({ maxLength: 200 })), options: Options, uri: Uri }),
      answers: { 200: Frame },
      async run({ caller, params, body }) {
        const { portalId, userId } = caller
        const shown = await placements.find(portalId, userId, readId(params['id'], 'placement_gone'))
        const user = await reader(portalId, userId)
        if (shown.row.code !== 'CALL_CARD')
          return frames.openPlacement(user, shown, wishOf({ ...body, options: ownOptions(shown.row.code, body.options) }))
        const options = cardOptions(await statusOf(portalId, body.callId ?? ''))
        return frames.openPlacement(user, shown, wishOf({ ...body, options }))
      },
    }),
    route({
      method: 'POST',
      path: '/placements/:id/slow',
      about: 'A background page took longer than 5 s to load. The eleventh time on a day it is removed and its app is told.',
      access: 'user',
      answers: { 200: Type.Object({ removed: Type.Boolean() }) },
      run: async ({ caller, params }) => ({
        removed: await placements.reportSlow(caller.portalId, caller.userId, readId(params['id'], 'placement_gone')),
      }),
    }),
    route({
      method: 'GET',
      path: '/calls/:callId/card-status',
      about: 'What a page of an app in the call card is told of the call (`getStatus`).',
      access: 'user',
      answers: { 200: CardStatusShape },
      run: ({ caller, params }) => statusOf(caller.portalId, params['callId'] ?? ''),
    }),
  ]
}

function wishOf({ options, uri }: { options?: Record<string, unknown> | undefined; uri?: string | undefined }): FrameWish {
  if (options !== undefined && JSON.stringify(options).length > largestOption)
    throw new PortalError('invalid_input', { problem: `body options: at most ${largestOption} characters of JSON go to a page` })
  return { ...(options !== undefined && { options }), ...(uri !== undefined && { uri }) }
}

function ownOptions(code: string, options: Record<string, unknown> | undefined): Record<string, unknown> {
  return code === 'PAGE_BACKGROUND_WORKER' ? { ...options, ID: code } : (options ?? {})
}
