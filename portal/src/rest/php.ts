import { parse as parseBrackets } from 'qs'
import { PortalError } from '../errors.ts'

/** A value as PHP-style callers send it: text, or nested lists and maps of it; JSON bodies bring numbers, booleans and nulls too. */
export type Loose = string | number | boolean | null | undefined | readonly Loose[] | { readonly [key: string]: Loose }
/** A map of loose values: what a query, a form or a JSON body becomes. */
export type LooseMap = { [key: string]: Loose }

/** A loose map, not a list, not null. */
export function isMap(value: unknown): value is LooseMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a query string or a form body with PHP brackets: `a[b][]=1` is `{a: {b: ['1']}}` (contract 6.1). Refuses what is nested deeper than anything we know. */
export function parseForm(text: string): LooseMap {
  // the bracket parser costs 13 times the plain one (perf.md 1.2)
  if (!/\[|%5b/i.test(text)) {
    const map: LooseMap = Object.create(null) as LooseMap
    for (const [key, value] of new URLSearchParams(text)) if (key !== '__proto__') map[key] = value
    return map
  }
  try {
    return parseBrackets(text, { depth: 16, parameterLimit: 20_000, arrayLimit: 5000, strictDepth: true })
  } catch (error) {
    throw new PortalError('malformed_body', { detail: `the form is nested too deep or too long: ${(error as Error).message}` })
  }
}

/** The parameters of a query with those of the body, which win; what is null or empty there hides nothing (contract 6.1, 14.2). */
export function mergeMaps(query: LooseMap, body: LooseMap): LooseMap {
  const merged: LooseMap = { ...query }
  for (const [name, value] of Object.entries(body))
    if ((value !== null && value !== '') || !Object.hasOwn(merged, name)) merged[name] = value
  return merged
}

/** `a[b][]`-named fields of a multipart form, as `parseForm` reads them. */
export function nestFields(fields: ReadonlyArray<readonly [name: string, value: string]>): LooseMap {
  return parseForm(fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'))
}

function encode(text: string): string {
  // PHP's urlencode: letters, digits and -_. stay, a space is +
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function appendPairs(pairs: string[], name: string, value: unknown): void {
  if (value === null || value === undefined) return
  if (typeof value !== 'object') {
    const text = typeof value === 'boolean' ? (value ? '1' : '0') : `${value as string | number}`
    pairs.push(`${name}=${encode(text)}`)
    return
  }
  for (const [key, inner] of Object.entries(value)) appendPairs(pairs, `${name}%5B${encode(key)}%5D`, inner)
}

/**
 * Writes a form body as PHP's `http_build_query` does: nested keys in percent-encoded brackets, a space as `+`, nulls and empty
 * maps left out, booleans as 1 and 0 (contract 1.1).
 */
export function buildForm(map: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = []
  for (const [key, value] of Object.entries(map)) appendPairs(pairs, encode(key), value)
  return pairs.join('&')
}
