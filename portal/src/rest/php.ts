import { PortalError } from '../errors.ts'

/** A value as PHP-style callers send it: text, or nested lists and maps of it; JSON bodies bring numbers, booleans and nulls too. */
export type Loose = string | number | boolean | null | undefined | readonly Loose[] | { readonly [key: string]: Loose }
/** A map of loose values: what a query, a form or a JSON body becomes. */
export type LooseMap = { [key: string]: Loose }

/** A loose map, not a list, not null. */
export function isMap(value: unknown): value is LooseMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** So many parameters a request may have: a full batch has hundreds, an offline queue that is cleared thousands. */
export const mostParameters = 20_000

/** Levels of maps and lists that parameters may have: methods need four, batches carry text. */
export const deepestNesting = 16

/** Refuses a form or a JSON map of so many names that reading them would hold up everybody else. */
export function checkCount(count: number): void {
  if (count > mostParameters) throw new PortalError('malformed_body', { detail: `more than ${mostParameters} parameters` })
}

/**
 * Reads a query string or a form body with PHP brackets: `a[b][]=1` is `{a: {b: ['1']}}` (contract 6.1). Refuses what is nested deeper than anything
 * we know, and more parameters than any request has: nothing is left out silently.
 */
export function parseForm(text: string): LooseMap {
  checkCount(text.split('&', mostParameters + 1).length)
  const pairs = new URLSearchParams(text)
  if (/\[|%5b/i.test(text)) return nestFields(pairs)
  const map: LooseMap = Object.create(null) as LooseMap
  for (const [name, value] of pairs) if (name !== '__proto__') map[name] = value
  return map
}

type Branch = Map<string, string | Branch>

/**
 * Nests `a[b][]`-named fields as PHP does: of one name the last value counts, `[]` takes the next number, what stands behind the last bracket falls away,
 * and a map whose keys are 0, 1, 2 … is a list. It is linear: no name costs more than its length, whatever number stands in it.
 */
export function nestFields(fields: Iterable<readonly [name: string, value: string]>): LooseMap {
  const root: Branch = new Map()
  const nextIndexes = new Map<Branch, number>()
  for (const [name, value] of fields) {
    let branch = root
    const [first = '', ...inner] = keysOf(name)
    let key = first
    for (const below of inner) {
      branch = innerBranch(branch, key)
      key = takeKey(branch, below, nextIndexes)
    }
    branch.set(key, value)
  }
  return toMap(root)
}

/** `a[b][]` has the keys `a`, `b` and the empty one, which is the next number. */
function keysOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0 || !name.includes(']', open)) return [name]
  const keys = [name.slice(0, open)]
  let at = open
  while (name[at] === '[') {
    const close = name.indexOf(']', at)
    if (close < 0) break
    keys.push(name.slice(at + 1, close))
    at = close + 1
    if (keys.length > deepestNesting)
      throw new PortalError('malformed_body', { detail: `the form is nested more than ${deepestNesting} levels deep` })
  }
  return keys
}

function takeKey(branch: Branch, key: string, nextIndexes: Map<Branch, number>): string {
  const next = nextIndexes.get(branch) ?? 0
  if (key === '') {
    nextIndexes.set(branch, next + 1)
    return String(next)
  }
  if (/^(0|[1-9]\d{0,14})$/.test(key) && Number(key) >= next) nextIndexes.set(branch, Number(key) + 1)
  return key
}

function innerBranch(branch: Branch, key: string): Branch {
  const known = branch.get(key)
  if (known instanceof Map) return known
  const made: Branch = new Map()
  branch.set(key, made)
  return made
}

function toMap(branch: Branch): LooseMap {
  const map: LooseMap = Object.create(null) as LooseMap
  for (const [key, value] of branch) if (key !== '__proto__') map[key] = value instanceof Map ? toLoose(value) : value
  return map
}

function toLoose(branch: Branch): Loose {
  let next = 0
  for (const key of branch.keys()) if (key !== String(next++)) return toMap(branch)
  return [...branch.values()].map((value) => (value instanceof Map ? toLoose(value) : value))
}

/** The parameters of a query with those of the body, which win; what is null or empty there hides nothing (contract 6.1, 14.2). */
export function mergeMaps(query: LooseMap, body: LooseMap): LooseMap {
  const merged: LooseMap = { ...query }
  for (const [name, value] of Object.entries(body))
    if ((value !== null && value !== '') || !Object.hasOwn(merged, name)) merged[name] = value
  return merged
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
