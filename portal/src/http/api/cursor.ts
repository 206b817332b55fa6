import { PortalError } from '../../errors.ts'

/** Where the next page begins, as an opaque text. */
export function encodeCursor(place: readonly number[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads a cursor of `size` numbers back; null without one. Throws `bad_cursor`. */
export function decodeCursor(cursor: string | undefined, size: number): number[] | null {
  if (cursor === undefined || cursor === '') return null
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === size && place.every(Number.isSafeInteger)) return place as number[]
  } catch {
    // answered below
  }
  throw new PortalError('bad_cursor')
}
