import { Type } from 'typebox'
import type { Portals } from '../../directory/portals.ts'
import type { SignIn } from '../../directory/sign-in.ts'
import type { Users } from '../../directory/users.ts'
import { fullName } from '../../directory/users.ts'
import { PortalError } from '../../errors.ts'
import type { Row } from '../../store/tables.ts'
import { readSessionToken, sessionCookie } from '../sessions.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { Session, SignIn as SignInInput } from './schemas.ts'

/** What the rows of sessions need. */
export interface SessionApiParts {
  readonly signIn: SignIn
  readonly users: Users
  readonly portals: Portals
  readonly publicUrl: string
}

/** `/session` and `/me`. */
export function sessionRoutes({ signIn, users, portals, publicUrl }: SessionApiParts): Route[] {
  const present = async (user: Row<'user'>): Promise<Session> => {
    const portal = await portals.find(user.portal_id)
    return {
      user: {
        id: user.id,
        name: fullName(user),
        email: user.email,
        isAdmin: user.is_admin === 1,
        language: user.language === 'ru' ? 'ru' : 'en',
        extension: user.extension,
        target: user.target,
        isPaused: user.is_paused === 1,
      },
      portal: { title: portal.title, country: portal.country, publicUrl },
    }
  }
  const current = async (portalId: number, userId: number): Promise<Session> => {
    const user = await users.find(portalId, userId)
    if (!user) throw new PortalError('not_signed_in')
    return present(user)
  }

  return [
    route({
      method: 'GET',
      path: '/session',
      about: 'Who is signed in.',
      access: 'user',
      answers: { 200: Session },
      run: ({ caller }) => current(caller.portalId, caller.userId),
    }),
    route({
      method: 'POST',
      path: '/session',
      about: 'Signs in; answers a session cookie.',
      access: 'public',
      body: SignInInput,
      answers: { 200: Session },
      async run({ body, address, headers, isHttps }) {
        const earlier = readSessionToken(cookiesOf(headers))
        const { token, user } = await signIn.open({ ...body, address })
        if (earlier) await signIn.close(earlier)
        return new ApiAnswer(200, await present(user), {
          'set-cookie': sessionCookie(token, { isHttps: isHttps === true, maxAgeSeconds: 30 * 86_400 }),
        })
      },
    }),
    route({
      method: 'DELETE',
      path: '/session',
      about: 'Signs out.',
      access: 'public',
      answers: { 204: null },
      async run({ headers, isHttps }) {
        const token = readSessionToken(cookiesOf(headers))
        if (token) await signIn.close(token)
        return new ApiAnswer(204, null, { 'set-cookie': sessionCookie('', { isHttps: isHttps === true, maxAgeSeconds: 0 }) })
      },
    }),
    route({
      method: 'PATCH',
      path: '/me',
      about: 'Changes the own language, or says that one takes a break.',
      access: 'user',
      body: Type.Partial(Type.Object({ language: Type.Union([Type.Literal('en'), Type.Literal('ru')]), isPaused: Type.Boolean() })),
      answers: { 200: Session },
      async run({ caller, body }) {
        await users.change(caller.portalId, caller.userId, body)
        return current(caller.portalId, caller.userId)
      },
    }),
  ]
}

function cookiesOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const { cookie } = headers
  return Array.isArray(cookie) ? cookie.join('; ') : cookie
}
