import type { DeliveryClass } from '../states.ts'

/** What an event is, declared once beside the area that says it. */
export interface EventDeclaration<Fact> {
  /** upper-case wire name */
  readonly name: string
  /** scope that an app needs to bind it; null = every app may */
  readonly scope: string | null
  readonly about: string
  /** how it is delivered (design 6): `dial` is good for seconds and never sent twice, `notice` is retried for hours */
  readonly deliveryClass: DeliveryClass
  /** the `data` map in wire order; nulls are left out of the body */
  data(fact: Fact): Record<string, unknown>
  /** the CALL_ID it is about: notices of one call keep their order (design 11.9) */
  callId?(fact: Fact): string | null
  /** a fact with made-up values, for comparing wire profiles */
  readonly sample?: Fact
  /** what handlers with another wire profile get instead of `data` */
  readonly profiles?: Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => Record<string, unknown>>>
}

/** Declares an event; infers the type of its fact. */
export function event<Fact>(declaration: EventDeclaration<Fact>): EventDeclaration<Fact> {
  return declaration
}
