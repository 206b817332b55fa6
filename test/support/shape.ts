/** What a JSON value must look like: types, exact values, and for objects the keys in their order. */
export type Shape =
  | { readonly kind: 'leaf'; readonly type: 'string' | 'number' | 'boolean' | 'null'; readonly pattern?: RegExp }
  | { readonly kind: 'exact'; readonly value: unknown }
  | { readonly kind: 'oneOf'; readonly shapes: readonly Shape[] }
  | { readonly kind: 'list'; readonly of: Shape; readonly least: number }
  | { readonly kind: 'map'; readonly of: Shape }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Shape>>; readonly more: boolean }

/** any string */
export const str: Shape = { kind: 'leaf', type: 'string' }
/** any number */
export const num: Shape = { kind: 'leaf', type: 'number' }
/** a JSON boolean */
export const bool: Shape = { kind: 'leaf', type: 'boolean' }
/** null */
export const nil: Shape = { kind: 'leaf', type: 'null' }
/** a string that matches */
export const like = (pattern: RegExp): Shape => ({ kind: 'leaf', type: 'string', pattern })
/** a number in a string, as the classic methods write ids */
export const digits = like(/^\d+$/)
/** `Y` or `N` */
export const flag = like(/^[YN]$/)
/** ISO 8601 with seconds and zone, as every date on the wire */
export const isoTime = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/)
/** this very value, key order included */
export const exact = (value: unknown): Shape => ({ kind: 'exact', value })
/** one of several */
export const oneOf = (...shapes: readonly Shape[]): Shape => ({ kind: 'oneOf', shapes })
/** this, or null */
export const orNull = (shape: Shape): Shape => oneOf(shape, nil)
/** an array with at least one element, so that the element's shape is looked at */
export const list = (of: Shape, least = 1): Shape => ({ kind: 'list', of, least })
/** an object with any keys, at least one */
export const map = (of: Shape): Shape => ({ kind: 'map', of })
/** an object with exactly these keys in this order */
export const fields = (named: Readonly<Record<string, Shape>>): Shape => ({ kind: 'fields', fields: named, more: false })
/** an object with these keys in this order, others may stand between them */
export const atLeast = (named: Readonly<Record<string, Shape>>): Shape => ({ kind: 'fields', fields: named, more: true })

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
type Json = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Json => typeOf(value) === 'object'

/** What does not fit, each with its path; empty when the value fits. */
export function faultsOf(value: unknown, shape: Shape, path = 'result'): string[] {
  switch (shape.kind) {
    case 'leaf':
      if (typeOf(value) !== shape.type) return [`${path} is ${typeOf(value)} ${JSON.stringify(value)}, not ${shape.type}`]
      return shape.pattern && !shape.pattern.test(String(value)) ? [`${path} is ${JSON.stringify(value)}, not ${shape.pattern}`] : []
    case 'exact':
      return JSON.stringify(value) === JSON.stringify(shape.value)
        ? []
        : [`${path} is ${JSON.stringify(value)}, not ${JSON.stringify(shape.value)}`]
    case 'oneOf': {
      const all = shape.shapes.map((one) => faultsOf(value, one, path))
      return all.some((faults) => faults.length === 0) ? [] : all.flat()
    }
    case 'list':
      if (!Array.isArray(value)) return [`${path} is ${typeOf(value)}, not array`]
      if (value.length < shape.least) return [`${path} has ${value.length} elements, fewer than ${shape.least}`]
      return value.flatMap((one, index) => faultsOf(one, shape.of, `${path}[${index}]`))
    case 'map':
      if (!isMap(value)) return [`${path} is ${typeOf(value)}, not an object`]
      if (Object.keys(value).length === 0) return [`${path} is empty`]
      return Object.entries(value).flatMap(([key, one]) => faultsOf(one, shape.of, `${path}.${key}`))
    case 'fields':
      return isMap(value) ? faultsOfFields(value, shape, path) : [`${path} is ${typeOf(value)}, not an object`]
  }
}

function faultsOfFields(value: Json, shape: Shape & { kind: 'fields' }, path: string): string[] {
  const wanted = Object.keys(shape.fields)
  const keys = Object.keys(value)
  const seen = shape.more ? keys.filter((key) => key in shape.fields) : keys
  const order = seen.join() === wanted.join() ? [] : [`${path} has the keys ${seen.join()}, not ${wanted.join()}`]
  return [...order, ...wanted.filter((key) => key in value).flatMap((key) => faultsOf(value[key], shape.fields[key]!, `${path}.${key}`))]
}

/** One change of a value that a strict client would stumble over. */
export interface Spoiled {
  readonly what: string
  readonly value: unknown
}

/** The value with one thing wrong, many times over: types changed, keys turned round, missing, added. `shape` says where nothing is promised. */
export function spoil(value: unknown, shape: Shape, path = 'result'): Spoiled[] {
  if (shape.kind === 'oneOf') {
    const fitting = shape.shapes.find((one) => faultsOf(value, one).length === 0)
    return fitting ? spoil(value, fitting, path) : []
  }
  if (shape.kind === 'list' && Array.isArray(value))
    return [
      { what: `${path} is not a list`, value: { 0: value[0] } },
      ...value
        .slice(0, 1)
        .flatMap((one, at) => within(spoil(one, shape.of, `${path}[${at}]`), (inner) => value.map((old, i) => (i === at ? inner : old)))),
    ]
  if ((shape.kind === 'fields' || shape.kind === 'map') && isMap(value)) return spoilObject(value, shape, path)
  const others: unknown[] = [typeof value === 'number' ? String(value) : isEmpty(value) ? other(value) : [value]]
  if (typeof value === 'string' && /^\d+$/.test(value)) others.push(Number(value))
  if (typeof value === 'boolean') others.push(value ? 'Y' : 'N')
  return others.map((other) => ({ what: `${path} is ${JSON.stringify(other)}`, value: other }))
}

/** PHP writes an empty map as `[]`; where the contract says `{}` it means it (contract 0.3). */
const isEmpty = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.keys(value).length === 0
const other = (empty: object): unknown => (Array.isArray(empty) ? {} : [])

function spoilObject(value: Json, shape: Shape & { kind: 'fields' | 'map' }, path: string): Spoiled[] {
  const promised = shape.kind === 'fields' ? Object.keys(shape.fields).filter((key) => key in value) : Object.keys(value).slice(0, 1)
  const inner = promised.flatMap((key) =>
    within(spoil(value[key], shape.kind === 'fields' ? shape.fields[key]! : shape.of, `${path}.${key}`), (one) => ({
      ...value,
      [key]: one,
    })),
  )
  if (shape.kind === 'map') return inner
  const wrong = promised.map((key) => ({
    what: `${path} has no ${key}`,
    value: Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as unknown,
  }))
  if (promised.length > 1)
    wrong.push({ what: `the keys of ${path} are turned round`, value: Object.fromEntries(Object.entries(value).toReversed()) })
  if (!shape.more) wrong.push({ what: `${path} has a key too many`, value: { ...value, TOO_MANY: 1 } })
  return [...inner, ...wrong]
}

const within = (all: readonly Spoiled[], wrap: (inner: unknown) => unknown): Spoiled[] =>
  all.map(({ what, value }) => ({ what, value: wrap(value) }))
