import { isMap, type Loose } from './php.ts'

/** What a list is sorted by. */
export interface Sort {
  /** as it was sent, in upper case; null: nothing was said */
  readonly field: string | null
  readonly isDescending: boolean
}

/**
 * SORT and ORDER as callers send them: a name and ASC or DESC, or a map of both in either place, of which the first entry counts. Clients that
 * read every list in one way send `order: {ID: 'ASC'}` to methods that are documented with two texts.
 */
export function readSort(sort: Loose, order: Loose): Sort {
  const both = isMap(sort) ? sort : isMap(order) ? order : null
  const [field, direction] = both
    ? (Object.entries(both)[0] ?? [null, null])
    : [typeof sort === 'string' && sort !== '' ? sort : null, order]
  return { field: field?.toUpperCase() ?? null, isDescending: typeof direction === 'string' && /^\s*desc/i.test(direction) }
}
