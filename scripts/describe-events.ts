import type { EventDeclaration } from '../portal/src/events/event.ts'
import { code, forReaders, page, table } from './markdown.ts'

/** The page of the events. */
export function describeEvents(catalogue: ReadonlyMap<string, EventDeclaration<never>>): string {
  const all = [...catalogue.values()].toSorted((one, other) => scopeOrder(one) - scopeOrder(other))
  return page('Events', "the declarations in the areas' events.ts", [
    'An event is posted as a form with PHP brackets to every handler that is bound to it: `event`, `event_handler_id`, `data[…]`, `ts`, `auth[…]`. Every value is a string;',
    'a key whose value is unknown is left out. `dial` and `notice` are explained in [dial-safe delivery](../explanation/dial-safe-delivery.md).',
    '',
    ...table(
      ['Event', 'Scope', 'Class', 'Said when'],
      all.map((one) => [
        `[${code(one.name)}](#${one.name.toLowerCase()})`,
        one.scope === null ? 'none' : code(one.scope),
        one.deliveryClass,
        forReaders(one.about),
      ]),
    ),
    ...all.flatMap((one) => describeEvent(one)),
  ])
}

function scopeOrder({ scope }: EventDeclaration<never>): number {
  const index = ['telephony', 'crm'].indexOf(scope ?? '')
  return index === -1 ? 2 : index
}

function describeEvent(one: EventDeclaration<never>): string[] {
  const data = sampleData(one)
  const profiles = Object.entries(one.profiles ?? {}).map(
    ([name, of]) => `A handler with the wire profile ${code(name)} gets instead: ${keysOf(of(data)).map(code).join(', ')}.`,
  )
  return [
    `## ${one.name}`,
    '',
    forReaders(one.about),
    '',
    `Keys of ${code('data')}, in this order: ${keysOf(data).map(code).join(', ')}.`,
    '',
    ...profiles.flatMap((line) => [line, '']),
  ]
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
