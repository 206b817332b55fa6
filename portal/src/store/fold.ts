/**
 * Text to search by, on both engines alike: without accents, in lower case, `ё` as `е`. At most 500 characters, so that every
 * index takes it. What is searched for is folded by the same function.
 */
export function fold(text: string): string {
  return withoutNul(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500)
}

/** The pattern of a LIKE that finds `text` anywhere, with `!` as its escape character. */
export function containing(text: string): string {
  return `%${text.replace(/[!%_]/g, '!$&')}%`
}

/** PostgreSQL has no text with NUL in it; nobody types one. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '')
}

/** The beginning of a text, at most that long; no character is cut in half. */
export function beginningOf(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}
