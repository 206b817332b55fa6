import { hash as digest, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { Throttle } from './throttle.ts'
import type { Users } from './users.ts'

const sessionMs = 30 * 86_400_000
const dayMs = 86_400_000

/** Argon2id with the library's own cost, salt inside. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}

/** A password that a person can read from a terminal and type: 20 letters and digits without look-alikes. */
export function randomPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  // 31 letters: 248 is the largest multiple of 31 below 256, so that every letter is as likely
  const bytes = [...randomBytes(64)].filter((byte) => byte < 248).slice(0, 20)
  return bytes
    .map((byte) => letters[byte % 31])
    .join('')
    .replace(/(.{5})(?=.)/g, '$1-')
}

/** A session that was opened; the token goes into the cookie and nowhere else. */
export interface Opened {
  readonly token: string
  readonly user: Row<'user'>
  readonly expiresAt: number
}

/** Passwords and sessions. */
export interface SignIn {
  /** Refuses by sign_in_refused, whatever was wrong, and by sign_in_throttled. */
  open(credentials: { email: string; password: string; address: string }): Promise<Opened>
  /** The active user of a session, or null. Slides its end. */
  userOf(token: string): Promise<Row<'user'> | null>
  close(token: string): Promise<void>
}

function hashToken(token: string): string {
  return digest('sha256', token, 'hex')
}

/** Sessions last 30 days from their last use. */
export function createSignIn({ store, clock, users }: { store: Store; clock: Clock; users: Users }): SignIn {
  const byAddress = new Throttle(clock, { free: 20, longestMs: 300_000 })
  const byEmail = new Throttle(clock, { free: 5, longestMs: 300_000 })
  // unknown addresses cost as much as known ones: nobody learns by the time who works here
  const nobody = hash(randomBytes(16).toString('hex'))

  const findSession = store.prepareRemembered(['session', 'user'], (db, { tokenHash }: { tokenHash: string }) =>
    db
      .selectFrom('session')
      .innerJoin('user', 'user.id', 'session.user_id')
      .selectAll('user')
      .select('session.expires_at as session_expires_at')
      .where('session.token_hash', '=', tokenHash)
      .whereRef('user.portal_id', '=', 'session.portal_id')
      .where('user.is_active', '=', 1),
  )

  const openSession = async (user: Row<'user'>): Promise<Opened> => {
    const token = randomBytes(32).toString('base64url')
    const now = clock.now()
    const expiresAt = now + sessionMs
    await store.transaction((tx) => {
      tx.write(store.build.deleteFrom('session').where('expires_at', '<', now))
      tx.insert('session', {
        token_hash: hashToken(token),
        portal_id: user.portal_id,
        user_id: user.id,
        expires_at: expiresAt,
        created_at: now,
      })
    })
    return { token, user, expiresAt }
  }

  return {
    async open({ email, password, address }) {
      const name = email.trim().toLowerCase()
      const waitMs = Math.max(byAddress.waitMs(address), byEmail.waitMs(name))
      if (waitMs > 0) throw new PortalError('sign_in_throttled', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
      byAddress.count(address)
      byEmail.count(name)
      const user = await users.byEmail(name)
      const isRight = await verify(user?.password_hash || (await nobody), password).catch(() => false)
      if (!user || !isRight || user.is_active === 0) throw new PortalError('sign_in_refused')
      byEmail.forget(name)
      byAddress.forgive(address)
      return openSession(user)
    },
    async userOf(token) {
      const now = clock.now()
      const [found] = await findSession({ tokenHash: hashToken(token) })
      if (!found || found.session_expires_at <= now) return null
      const { session_expires_at: expiresAt, ...user } = found
      if (expiresAt < now + sessionMs - dayMs) {
        await store.transaction((tx) =>
          tx.write(
            store.build
              .updateTable('session')
              .set({ expires_at: now + sessionMs })
              .where('token_hash', '=', hashToken(token)),
          ),
        )
      }
      await users.seen(user)
      return user
    },
    async close(token) {
      await store.transaction((tx) => tx.write(store.build.deleteFrom('session').where('token_hash', '=', hashToken(token))))
    },
  }
}
