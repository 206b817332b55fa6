import type { FastifyRequest } from 'fastify'
import type { SignIn } from '../directory/sign-in.ts'
import type { Row } from '../store/tables.ts'

const cookieName = 'hookswitch_session'

/** The session token of a request, or null. */
export function readSessionToken(cookies: string | undefined): string | null {
  for (const pair of (cookies ?? '').split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === cookieName && value) return value
  }
  return null
}

/** The Set-Cookie of a session: not for scripts, not for requests that other sites make (design 11.14). */
export function sessionCookie(token: string, { isHttps, maxAgeSeconds }: { isHttps: boolean; maxAgeSeconds: number }): string {
  return `${cookieName}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`
}

/** Who is signed in with this request; null when nobody is. */
export async function userOfRequest(signIn: Pick<SignIn, 'userOf'>, request: FastifyRequest): Promise<Row<'user'> | null> {
  const token = readSessionToken(request.headers.cookie)
  return token === null ? null : signIn.userOf(token)
}
