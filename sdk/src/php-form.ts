/** A value of a PHP-style form: a string, or a map of such values. Lists are maps with the keys `0`, `1`, … */
export type PhpValue = string | PhpMap

/** A nested map read from a PHP-style form. It has no prototype, so no key of a request can reach one. */
export interface PhpMap {
  readonly [key: string]: PhpValue
}

const MAX_PAIRS = 2_000
const MAX_DEPTH = 10

/** The body is not a form that PHP would write: bad escapes, too deep, too many pairs, or one key both a string and a map. */
export class MalformedForm extends Error {
  override readonly name = 'MalformedForm'
}

/**
 * Reads an `application/x-www-form-urlencoded` body with PHP bracket keys into nested maps (contract 1.1): `data[FIELDS][ID]=1` becomes
 * `{ data: { FIELDS: { ID: '1' } } }`. Every leaf is a string. `key[]` appends. A repeated plain key keeps its last value, as in PHP.
 * Throws {@link MalformedForm}; at most 2000 pairs, ten levels.
 */
export function parsePhpForm(body: string): PhpMap {
  const root = Object.create(null) as Record<string, PhpValue>
  const pairs = body.split('&', MAX_PAIRS + 1)
  if (pairs.length > MAX_PAIRS) throw new MalformedForm(`more than ${MAX_PAIRS} pairs`)
  for (const pair of pairs) {
    if (pair === '') continue
    const cut = pair.indexOf('=')
    const key = decode(cut < 0 ? pair : pair.slice(0, cut))
    place(root, splitKey(key), cut < 0 ? '' : decode(pair.slice(cut + 1)))
  }
  return root
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new MalformedForm('bad percent escape', { cause })
  }
}

function splitKey(key: string): string[] {
  const open = key.indexOf('[')
  if (open <= 0 || !key.endsWith(']')) return [key]
  const inner = key.slice(open + 1, -1).split('][')
  if (inner.length >= MAX_DEPTH) throw new MalformedForm(`deeper than ${MAX_DEPTH} levels`)
  return [key.slice(0, open), ...inner]
}

function place(root: Record<string, PhpValue>, path: readonly string[], value: string): void {
  let map = root
  for (const [depth, part] of path.entries()) {
    const key = part === '' && depth > 0 ? String(Object.keys(map).length) : part
    if (depth === path.length - 1) {
      if (typeof map[key] === 'object') throw new MalformedForm(`${path.join('.')} is both a value and a map`)
      map[key] = value
      return
    }
    const next = map[key] ?? (Object.create(null) as Record<string, PhpValue>)
    if (typeof next === 'string') throw new MalformedForm(`${path.join('.')} is both a value and a map`)
    map[key] = next
    map = next
  }
}

/**
 * Writes parameters as PHP's `http_build_query` does: brackets percent-encoded, space as `+`, booleans as `1` and `0`, `null` and
 * `undefined` left out, empty maps leave nothing.
 */
export function encodePhpForm(params: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = []
  for (const [key, value] of Object.entries(params)) append(pairs, key, value)
  return pairs.join('&')
}

function append(pairs: string[], key: string, value: unknown): void {
  if (value === null || value === undefined) return
  if (typeof value === 'object') {
    for (const [part, inner] of Object.entries(value)) append(pairs, `${key}[${part}]`, inner)
    return
  }
  if (typeof value === 'boolean') pairs.push(`${encode(key)}=${value ? '1' : '0'}`)
  else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    pairs.push(`${encode(key)}=${encode(value.toString())}`)
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
