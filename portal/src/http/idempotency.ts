/**
 * `Idempotency-Key`: a write that a client repeats under the same key within 24 hours is done once, and the repetition gets the first
 * answer. Only answers of success are kept: a refused request has written nothing and may be tried again under its key.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { ApiAnswer } from './api/route.ts'

/** One request that may be repeated. */
export interface Repeatable {
  readonly caller: Pick<Caller, 'portalId' | 'userId'>
  readonly key: string
  /** method, address and body: the same key with another request is refused */
  readonly request: string
}

/** Does repeatable requests once. */
export interface Idempotency {
  /** Answers what `run` answers, or what it had answered before. Throws `idempotency_key`, `idempotency_body`, `idempotency_running`. */
  once(request: Repeatable, run: () => Promise<ApiAnswer>): Promise<ApiAnswer>
  /** Forgets what is older than 24 hours. */
  sweep(): Promise<void>
}

const keptMs = 24 * 3_600_000

/** Keys are kept as hashes and answers encrypted with the key itself: who reads the database reads neither secrets nor answers. */
export function createIdempotency({ store, clock }: { readonly store: Store; readonly clock: Clock }): Idempotency {
  const reserve = (keyHash: string, requestHash: string, portalId: number): Promise<boolean> =>
    store.transaction(async (tx) => {
      const now = clock.now()
      await tx.db
        .deleteFrom('idempotency_key')
        .where('key_hash', '=', keyHash)
        .where('created_at', '<', now - keptMs)
        .execute()
      const { numInsertedOrUpdatedRows } = await tx.db
        .insertInto('idempotency_key')
        .values({ key_hash: keyHash, portal_id: portalId, request_hash: requestHash, status: null, answer: null, created_at: now })
        .onConflict((conflict) => conflict.column('key_hash').doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows === 1n
    })

  const repeat = async (keyHash: string, requestHash: string, key: string): Promise<ApiAnswer> => {
    const row = await store.read.selectFrom('idempotency_key').selectAll().where('key_hash', '=', keyHash).executeTakeFirst()
    if (row && row.request_hash !== requestHash) throw new PortalError('idempotency_body')
    if (!row || row.status === null || row.answer === null) throw new PortalError('idempotency_running')
    const body: unknown = JSON.parse(decrypt(row.answer, key, keyHash))
    return new ApiAnswer(row.status, body, { 'idempotency-replayed': 'true' })
  }

  return {
    async once({ caller, key, request }, run) {
      if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new PortalError('idempotency_key')
      const keyHash = hashOf(`${caller.portalId} ${caller.userId} ${key}`)
      const requestHash = hashOf(request)
      if (!(await reserve(keyHash, requestHash, caller.portalId))) return repeat(keyHash, requestHash, key)
      const row = store.build.deleteFrom('idempotency_key').where('key_hash', '=', keyHash)
      let answer: ApiAnswer
      try {
        answer = await run()
      } catch (error) {
        if (error instanceof PortalError) await store.transaction((tx) => tx.write(row))
        throw error
      }
      const kept =
        answer.status < 400
          ? store.build
              .updateTable('idempotency_key')
              .set({ status: answer.status, answer: encrypt(JSON.stringify(answer.body ?? null), key, keyHash) })
              .where('key_hash', '=', keyHash)
          : row
      await store.transaction((tx) => tx.write(kept))
      return answer
    },

    async sweep() {
      await store.transaction((tx) => tx.write(store.build.deleteFrom('idempotency_key').where('created_at', '<', clock.now() - keptMs)))
    },
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function cipherKey(key: string, salt: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'hookswitch idempotency', 32))
}

function encrypt(text: string, key: string, salt: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key, salt), iv)
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), bytes]).toString('base64')
}

function decrypt(sealed: string, key: string, salt: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', cipherKey(key, salt), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}
