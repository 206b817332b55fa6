import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import { anything, flag } from './params.ts'
import { isMap, parseForm, type Loose } from './php.ts'
import { method, type Methods } from './method.ts'
import { errorEnvelope, type Router, type TimeBlock } from './router.ts'

const batchLimit = 50

/** `batch` (contract 6.5): up to 50 commands in order, later ones may use `$result[key][field]` of earlier ones. */
export function batchMethods({ router, log }: { router: Router; log: Log }): Methods {
  return {
    batch: method({
      scope: null,
      about: 'Runs up to 50 commands in one request.',
      notInBatch: true,
      params: {
        cmd: anything('map or list of "method?query"'),
        halt: flag('stop at the first error'),
      },
      errors: ['batch_length', 'batch_method'],
      runsOthers: true,
      run: ({ params, caller }) => runBatch({ router, log, caller, commands: readCommands(params.cmd), halt: params.halt === true }),
    }),
  }
}

function readCommands(cmd: Loose): Array<[key: string, command: string]> {
  if (cmd === undefined) return []
  if (typeof cmd !== 'object' || cmd === null)
    throw new PortalError('argument_wrong', { argument: 'cmd', problem: 'must be a map or a list of commands' })
  return Object.entries(cmd).map(([key, command]) => [key, typeof command === 'string' ? command : ''])
}

interface Batch {
  readonly router: Router
  readonly log: Log
  readonly caller: Caller
  readonly commands: ReadonlyArray<readonly [key: string, command: string]>
  readonly halt: boolean
}

async function runBatch({ router, log, caller, commands, halt }: Batch): Promise<Record<string, unknown>> {
  const results = new Map<string, unknown>()
  const failures = new Map<string, unknown>()
  const totals = new Map<string, number>()
  const nexts = new Map<string, number>()
  const times = new Map<string, TimeBlock>()
  for (const [index, [key, command]] of commands.entries()) {
    try {
      if (index >= batchLimit) throw new PortalError('batch_length')
      const mark = command.indexOf('?')
      const name = normaliseName(mark < 0 ? command : command.slice(0, mark))
      const sent = mark < 0 ? {} : (fillReferences(parseForm(command.slice(mark + 1)), results) as Record<string, Loose>)
      const outcome = await router.call(name, sent, caller, true)
      results.set(key, outcome.result)
      times.set(key, outcome.time)
      if (outcome.total !== null) totals.set(key, outcome.total)
      if (outcome.next !== null) nexts.set(key, outcome.next)
    } catch (error) {
      failures.set(key, errorEnvelope(error, log).body)
      if (halt) break
    }
  }
  return {
    result: phpMap(results),
    result_error: phpMap(failures),
    result_total: phpMap(totals),
    result_next: phpMap(nexts),
    result_time: phpMap(times),
  }
}

/** A method name as it stands in a URL or a command: slashes around it and `.json` fall away. */
export function normaliseName(name: string): string {
  return name
    .trim()
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.(json|xml)$/i, '')
    .toLowerCase()
}

/** A PHP map: empty or with the keys 0, 1, 2 … it is a JSON array (contract 0.3.2, 6.5). */
export function phpMap(map: ReadonlyMap<string, unknown>): unknown {
  let next = 0
  const isList = [...map.keys()].every((key) => key === String(next++))
  return isList ? [...map.values()] : Object.fromEntries(map)
}

/** Puts results of earlier commands where `$result[key][field]` stands; what cannot be found becomes empty text. */
function fillReferences(value: Loose, results: ReadonlyMap<string, unknown>): Loose {
  if (typeof value === 'string') return value.includes('$result[') ? fillText(value, results) : value
  if (Array.isArray(value)) return value.map((inner) => fillReferences(inner as Loose, results))
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillReferences(inner, results)]))
  return value
}

function fillText(text: string, results: ReadonlyMap<string, unknown>): Loose {
  const whole = /^\$result((?:\[[^\]]*\])+)$/.exec(text)
  if (whole) return findResult(whole[1]!, results) as Loose
  return text.replace(/\$result((?:\[[^\]]*\])+)/g, (_, path: string) => {
    const found = findResult(path, results)
    return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
  })
}

function findResult(path: string, results: ReadonlyMap<string, unknown>): unknown {
  const [first, ...rest] = [...path.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!)
  let found = results.get(first!)
  for (const key of rest) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return ''
    found = (found as Record<string, unknown>)[key]
  }
  return found ?? ''
}
