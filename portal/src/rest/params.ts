import { PortalError, type ErrorKey } from '../errors.ts'
import { isMap, type Loose, type LooseMap } from './php.ts'
import { isoText } from './time-text.ts'

/**
 * A parameter of a REST method: reads a loose value, or says what is wrong with it. Absent, JSON null and the empty string all
 * mean "not given" (contract 14.2). Top-level names are case-insensitive.
 */
export interface Param<T> {
  /** for the reference pages: `string`, `integer`, `0/1`, `map`, … */
  readonly type: string
  readonly about: string
  readonly isRequired: boolean
  read(value: Loose, name: string): T
  /** Required: without it the call is refused with this error, or with ERROR_ARGUMENT. */
  required(error?: ErrorKey): Param<Exclude<T, undefined>>
}

/** The parameters of a method, by wire name. */
export type Params = Readonly<Record<string, Param<unknown>>>
/** What a method's `run` gets. */
export type Read<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never }

function isAbsent(value: Loose): boolean {
  return value === undefined || value === null || value === ''
}

function param<T>(type: string, about: string, read: (value: Loose, name: string) => T): Param<T | undefined> {
  return {
    type,
    about,
    isRequired: false,
    read: (value, name) => (isAbsent(value) ? undefined : read(value, name)),
    required(error) {
      return {
        type,
        about,
        isRequired: true,
        read(value, name) {
          if (!isAbsent(value)) return read(value, name) as Exclude<T, undefined>
          throw error ? new PortalError(error) : new PortalError('argument', { argument: name })
        },
        required() {
          return this as never
        },
      }
    },
  }
}

function wrong(name: string, problem: string, error?: ErrorKey): never {
  throw error ? new PortalError(error) : new PortalError('argument_wrong', { argument: name, problem })
}

/** Text; numbers and booleans are taken as their text. `error` is thrown for lists and maps. */
export function text(about: string, error?: ErrorKey): Param<string | undefined> {
  return param('string', about, (value, name) => (typeof value === 'object' ? wrong(name, 'must be a string', error) : String(value)))
}

/** A whole number, also as text. */
export function integer(about: string, error?: ErrorKey): Param<number | undefined> {
  return param('integer', about, (value, name) => {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim() || Number.NaN) : Number.NaN
    return Number.isSafeInteger(number) ? number : wrong(name, 'must be a whole number', error)
  })
}

/** A number, also as text, with a point or a comma. */
export function decimal(about: string, error?: ErrorKey): Param<number | undefined> {
  return param('double', about, (value, name) => {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim().replace(',', '.') || Number.NaN) : Number.NaN
    return Number.isFinite(number) ? number : wrong(name, 'must be a number', error)
  })
}

/** True for true, "true", 1, "1", "Y", "y"; everything else is false (contract 14.2). */
export function isTrue(value: Loose): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(1|y|yes|true)$/i.test(value))
}

/** A switch: true / "true" / 1 / "1" / "Y". */
export function flag(about: string): Param<boolean | undefined> {
  return param('0/1', about, isTrue)
}

/** ISO 8601 with a zone; read as milliseconds since 1970. */
export function isoTime(about: string, error?: ErrorKey): Param<number | undefined> {
  return param('ISO 8601 time', about, (value, name) => {
    const time = Date.parse((typeof value === 'string' && isoText(value)) || '')
    return Number.isNaN(time) ? wrong(name, 'must be an ISO 8601 time with a zone', error) : time
  })
}

/** A map such as `fields`; PHP callers send an empty one as `[]`. */
export function map(about: string, error?: ErrorKey): Param<LooseMap | undefined> {
  return param('map', about, (value, name) => {
    if (isMap(value)) return value
    if (Array.isArray(value)) return Object.fromEntries(value.map((inner, index) => [String(index), inner as Loose]))
    return wrong(name, 'must be a map', error)
  })
}

/** A list; a single value counts as a list of one, a map with numeric keys as its values. */
export function list(about: string, error?: ErrorKey): Param<readonly Loose[] | undefined> {
  return param('list', about, (value, name) => {
    if (Array.isArray(value)) return value as readonly Loose[]
    if (isMap(value)) return Object.values(value)
    return typeof value === 'string' || typeof value === 'number' ? [value] : wrong(name, 'must be a list', error)
  })
}

/** One whole number or a list of them. */
export function integers(about: string, error?: ErrorKey): Param<readonly number[] | undefined> {
  const one = integer(about, error).required()
  const many = list(about, error).required()
  return param('integer or list', about, (value, name) => many.read(value, name).map((inner) => one.read(inner, name)))
}

/** The value as it came. */
export function anything(about: string): Param<Loose> {
  return param('any', about, (value) => value)
}

/** Reads the declared parameters out of what was sent; unknown ones are ignored. */
export function readParams<P extends Params>(params: P, sent: LooseMap): Read<P> {
  const byName = new Map<string, Loose>()
  for (const [name, value] of Object.entries(sent)) {
    const folded = name.toUpperCase()
    if (!byName.has(folded) || !isAbsent(value)) byName.set(folded, value)
  }
  const read: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(params)) read[name] = one.read(byName.get(name.toUpperCase()), name)
  return read as Read<P>
}
