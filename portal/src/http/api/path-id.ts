import { PortalError, type ErrorKey } from '../../errors.ts'

/** An id in a path; anything else is refused as not found. */
export function readId(text: string | undefined, notFound: ErrorKey): number {
  const id = /^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(id)) throw new PortalError(notFound, { id: (text ?? '').slice(0, 40) })
  return id
}
