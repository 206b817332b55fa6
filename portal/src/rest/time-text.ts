const iso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i

/** ISO 8601, with or without a time of day and a zone; null for anything else. The plus of a zone is a blank when a client did not encode it. */
export function isoText(text: string): string | null {
  const whole = text.trim().replace(/(\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)$/, '$1+$2')
  return iso.test(whole) ? whole : null
}

/** As `isoText`, and the form that sites show to their people, `31.12.2026 23:59:59`, which clients send in filters. */
export function looseIsoText(text: string): string | null {
  return isoText(text.trim().replace(/^(\d\d)\.(\d\d)\.(\d{4})(?= \d\d:\d\d(:\d\d)?$|$)/, '$3-$2-$1'))
}
