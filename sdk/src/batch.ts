import { PortalRefusal } from './errors.ts'
import { encodePhpForm } from './php-form.ts'

/** One command of a batch. A value may hold `$result[key][field]` of an earlier command. */
export interface BatchCommand {
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** What became of one command: its result, its refusal, or nothing because an earlier one failed and `halt` was set. */
export type BatchAnswer =
  | { readonly ok: true; readonly result: unknown; readonly total?: number; readonly next?: number }
  | { readonly ok: false; readonly refusal: PortalRefusal }
  | { readonly ok: false; readonly skipped: true }

/** The portal refuses longer ones with ERROR_BATCH_LENGTH_EXCEEDED (contract 6.5). */
export const MAX_BATCH = 50

/** Parameters of the `batch` method. Throws `RangeError` for more than {@link MAX_BATCH} commands, before anything is sent. */
export function batchParams(commands: Readonly<Record<string, BatchCommand>>, halt: boolean): Record<string, unknown> {
  const entries = Object.entries(commands)
  if (entries.length > MAX_BATCH) throw new RangeError(`a batch holds at most ${MAX_BATCH} commands, not ${entries.length}`)
  const cmd = Object.fromEntries(entries.map(([key, { method, params = {} }]) => [key, `${method}?${encodePhpForm(params)}`]))
  return { halt: halt ? 1 : 0, cmd }
}

interface BatchResult {
  readonly result?: unknown
  readonly result_error?: unknown
  readonly result_total?: unknown
  readonly result_next?: unknown
}

/** Sorts the answer of `batch` by command. Empty maps come as `[]`, maps with numeric keys as arrays (contract 0.3). */
export function batchAnswers<K extends string>(
  commands: Readonly<Record<K, BatchCommand>>,
  answer: unknown,
): Readonly<Record<K, BatchAnswer>> {
  const { result, result_error, result_total, result_next } = (answer ?? {}) as BatchResult
  const answers = {} as Record<K, BatchAnswer>
  for (const key of Object.keys(commands) as K[]) {
    const error = pick(result_error, key) as { error?: unknown; error_description?: unknown } | undefined
    const total = pick(result_total, key)
    const next = pick(result_next, key)
    if (error !== undefined) answers[key] = { ok: false, refusal: refusalOf(commands[key], error) }
    else if (!has(result, key)) answers[key] = { ok: false, skipped: true }
    else {
      answers[key] = {
        ok: true,
        result: pick(result, key),
        ...(typeof total === 'number' ? { total } : {}),
        ...(typeof next === 'number' ? { next } : {}),
      }
    }
  }
  return answers
}

function refusalOf(command: BatchCommand, error: { error?: unknown; error_description?: unknown }): PortalRefusal {
  const code = typeof error.error === 'string' ? error.error : ''
  const description = typeof error.error_description === 'string' ? error.error_description : ''
  return new PortalRefusal({ code, description, status: 200, method: command.method, params: command.params })
}

function has(map: unknown, key: string): boolean {
  return typeof map === 'object' && map !== null && Object.hasOwn(map, key)
}

function pick(map: unknown, key: string): unknown {
  return has(map, key) ? (map as Record<string, unknown>)[key] : undefined
}
