import type { EventDeclaration } from '../portal/src/events/event.ts'
import { code, forReaders, page, table } from './markdown.ts'

/** Scopes in the order of the page; others follow. */
const scopes: ReadonlyArray<string | null> = ['telephony', 'crm', null]

/** The page of the events. */
export function describeEvents(catalogue: ReadonlyMap<string, EventDeclaration<never>>): string {
  const byScope = Map.groupBy(catalogue.values(), (one) => one.scope)
  const sorted = new Set([...scopes.filter((scope) => byScope.has(scope)), ...byScope.keys()])
  return page('Events', "the declarations in the areas' events.ts", [
    'An event is posted as a form with PHP brackets to every handler that is bound to it: `event`, `event_handler_id`, `data[…]`, `ts`, `auth[…]`. Every value is a string;',
    'a key whose value is unknown is left out. The keys of `data` are given in their order. The classes `dial` and `notice` are explained in',
    '[dial-safe delivery](../explanation/dial-safe-delivery.md).',
    '',
    ...[...sorted].flatMap((scope) => describeScope(scope, byScope.get(scope) ?? [])),
  ])
}

function describeScope(scope: string | null, declarations: readonly EventDeclaration<never>[]): string[] {
  const rows = declarations.map((one) => [code(one.name), one.deliveryClass, forReaders(one.about), listKeys(sampleData(one))])
  const profiles = declarations.flatMap((one) =>
    Object.entries(one.profiles ?? {}).map(
      ([name, of]) => `A handler of ${code(one.name)} with the wire profile ${code(name)} gets instead: ${listKeys(of(sampleData(one)))}.`,
    ),
  )
  return [
    `## ${scope === null ? 'Without a scope' : `Scope ${scope}`}`,
    '',
    ...table(['Event', 'Class', 'Said when', 'Keys of `data`'], rows),
    ...profiles.flatMap((line) => [line, '']),
  ]
}

function listKeys(data: Readonly<Record<string, unknown>>): string {
  return keysOf(data).map(code).join(', ')
}

/** The keys of `data` do not depend on the fact, so any fact shows them. Here every property of it is 1. */
function sampleData(one: EventDeclaration<never>): Readonly<Record<string, unknown>> {
  try {
    return one.data(new Proxy({}, { get: () => 1 }) as never)
  } catch (error) {
    throw new Error(
      `the data of ${one.name} cannot be made of a fact whose properties are all 1: give scripts/describe-events.ts a sample of it`,
      { cause: error },
    )
  }
}

/** `FIELDS[ID]` for a map in a map, as it stands in the body. */
function keysOf(data: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? keysOf(value as Record<string, unknown>).map((inner) => `${key}[${inner}]`) : [key],
  )
}
