import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proved } from './proofs.ts'
import { request, startPortal, type Answer, type Person, type TestApp, type TestPortal } from './portal.ts'
import { faultsOf, fields, isoTime, num, spoil, type Shape } from './shape.ts'

/** Parameters as JSON; in a form they become PHP brackets: true is 1, false is 0, null is left out. */
export type Params = Readonly<Record<string, unknown>>

/** Who asks: an app or an incoming webhook, of the admin or of Eve, who is no admin. */
export type Who = 'app' | 'webhook' | 'app of Eve' | 'webhook of Eve'

/** The portal of a contract file: one app and one incoming webhook of the admin, and of Eve. */
export interface ContractHouse extends TestPortal {
  readonly app: TestApp
  readonly eve: Person
  /** calls as JSON */
  as(who: Who, method: string, params?: Params): Promise<Answer>
  /** calls as the admin's app and answers the result; anything but a success fails the test */
  ask(method: string, params?: Params): Promise<any> // oxlint-disable-line typescript/no-explicit-any -- answers of every shape
}

/** How a method answers. `params` is asked anew for each call, so that each may add, change or delete a row of its own. */
export interface Answering {
  /** what is special about this call; nothing for the plain one */
  readonly when?: string
  readonly params?: (house: ContractHouse, who: Who) => Params | Promise<Params>
  readonly shape: Shape | ((house: ContractHouse, sent: Params, who: Who) => Shape | Promise<Shape>)
  /** a list method: `total` beside the result is a number, or this very number (contract 6.4) */
  readonly total?: boolean | number
  /** this very `next` beside the result; with a `total` that is a number, absent means that there is none */
  readonly next?: number
  /** what it did: what can be seen after the call, and what must be in there */
  readonly after?: (house: ContractHouse, sent: Params) => Promise<readonly [seen: unknown, wanted: unknown]>
  /** default: the admin's app and webhook */
  readonly who?: readonly Who[]
  /** default: json, form, multipart */
  readonly encodings?: readonly Encoding[]
}

/** A refusal, literally as the contract words it. */
export interface Refusing {
  readonly when: string
  readonly params?: Params | ((house: ContractHouse, who: Who) => Params | Promise<Params>)
  /** default: the admin's app, or what the file says */
  readonly who?: Who | readonly Who[]
  /** default 400 */
  readonly status?: number
  readonly error: string
  readonly text: string | RegExp
}

/** What one method is held to. `section` is that of the contract. */
export interface Contract {
  readonly section: string
  /** nothing for a method that only refuses: then its refusals prove it */
  readonly answers?: Answering | readonly Answering[]
  readonly refuses?: readonly Refusing[]
}

/** Ways to send parameters (contract 6.1). */
export type Encoding = 'json' | 'form' | 'multipart'
/** All of them. */
export const encodings: readonly Encoding[] = ['json', 'form', 'multipart']

/** PHP's way to write nested parameters: `fields[PHONE][0][VALUE]`. */
export function toPairs(value: unknown, name: string): Array<[string, string]> {
  if (value === null || value === undefined) return []
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, one]) => toPairs(one, name === '' ? key : `${name}[${key}]`))
  return [[name, typeof value === 'boolean' ? String(Number(value)) : String(value)]]
}

/** Matchers take objects only; this makes one of anything. */
const toMatchable = (value: unknown): object => ({ value })

/** Can a form say the same? It has no empty lists and maps. */
function fitsForm(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const inner = Object.values(value)
  return inner.length > 0 && inner.every(fitsForm)
}

/** How a file of the suite is run. */
export interface ContractOptions {
  /** refusals are provoked by app and webhook (`app`: by the app alone), in every encoding that can say it; otherwise by the app in JSON */
  readonly refusalsEverywhere?: boolean | 'app'
  /** settings of the portal */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** One call in one of the encodings. */
export function send(url: string, params: Params, encoding: Encoding): Promise<Answer> {
  if (encoding === 'json')
    return request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) })
  const body = encoding === 'form' ? new URLSearchParams() : new FormData()
  for (const [name, value] of toPairs(params, '')) body.append(name, value)
  return request(url, { method: 'POST', body })
}

const time: Shape = fields({
  start: num,
  finish: num,
  duration: num,
  processing: num,
  date_start: isoTime,
  date_finish: isoTime,
  operating_reset_at: num,
  operating: num,
})

/**
 * Opens a file of the contract suite: starts its portal and answers `contract`, which holds one method to the contract. `prepare` adds the
 * rows that several methods need. The scopes are those of the app and the webhooks.
 */
export function openContract(
  scope: readonly string[],
  prepare?: (house: ContractHouse) => Promise<void>,
  { refusalsEverywhere = false, settings }: ContractOptions = {},
) {
  let house: ContractHouse
  const hooks = new Map<Who, string>()
  const apps = new Map<Who, TestApp>()

  const call = (who: Who, method: string, params: Params, encoding: Encoding): Promise<Answer> => {
    const hook = hooks.get(who)
    return hook
      ? send(hook + method, params, encoding)
      : send(`${house.url}/rest/${method}`, { ...params, auth: apps.get(who)!.accessToken }, encoding)
  }

  beforeAll(async () => {
    const plain = await startPortal(settings ? { settings } : {})
    const eve = await plain.addPerson('Eve', '105')
    apps.set('app', await plain.addApp({ scope }))
    apps.set('app of Eve', await plain.addApp({ title: 'Of Eve', scope, by: eve }))
    hooks.set('webhook', await plain.addIncomingWebhook(scope))
    hooks.set('webhook of Eve', await plain.addIncomingWebhook(scope, eve))
    house = {
      ...plain,
      app: apps.get('app')!,
      eve,
      as: (who, method, params = {}) => call(who, method, params, 'json'),
      async ask(method, params = {}) {
        const answer = await call('app', method, params, 'json')
        expect([answer.status, answer.body.error], `${method}: ${JSON.stringify(answer.body)}`).toEqual([200, undefined])
        return answer.body.result
      },
    }
    await prepare?.(house)
  })
  afterAll(() => house.stop())

  const expectAnswer = async (method: string, answering: Answering, who: Who, encoding: Encoding): Promise<void> => {
    const params = (await answering.params?.(house, who)) ?? {}
    const answer = await call(who, method, params, encoding)
    const by = `${who}, ${encoding}: ${JSON.stringify(answer.body).slice(0, 600)}`
    expect(answer.status, by).toBe(200)
    const keys = Object.keys(answer.body)
    const allowed =
      answering.total !== undefined && answering.total !== false ? ['result,total,time', 'result,next,total,time'] : ['result,time']
    expect(allowed, by).toContain(keys.join())
    if (answering.total === true) expect(faultsOf(answer.body.total, num, 'total'), by).toEqual([])
    if (typeof answering.total === 'number') expect([answer.body.total, answer.body.next], by).toEqual([answering.total, answering.next])
    expect(faultsOf(answer.body.time, time, 'time'), by).toEqual([])
    const shape = typeof answering.shape === 'function' ? await answering.shape(house, params, who) : answering.shape
    expect(faultsOf(answer.body.result, shape), by).toEqual([])
    const [seen, wanted] = (await answering.after?.(house, params)) ?? []
    if (answering.after) expect(toMatchable(seen), by).toMatchObject(toMatchable(wanted))
    // the shape is tight: a strict client's stumbling blocks do not pass it
    const passed = spoil(answer.body.result, shape).filter(({ value }) => faultsOf(value, shape).length === 0)
    expect(
      passed.map(({ what }) => what),
      'spoiled answers that the shape lets through',
    ).toEqual([])
  }

  const expectRefusal = async (method: string, refusing: Refusing, who: Who, encoding: Encoding): Promise<void> => {
    const params = (typeof refusing.params === 'function' ? await refusing.params(house, who) : refusing.params) ?? {}
    if (encoding !== 'json' && !Object.values(params).every(fitsForm)) return
    const answer = await call(who, method, params, encoding)
    const { text } = refusing
    expect(answer, `${who}, ${encoding}: ${JSON.stringify(answer.body)}`).toMatchObject({
      status: refusing.status ?? 400,
      body: { error: refusing.error, error_description: typeof text === 'string' ? text : expect.stringMatching(text) },
    })
    expect(Object.keys(answer.body).filter((key) => key !== 'argument')).toEqual(['error', 'error_description'])
  }

  /** Holds a method (named as the documentation spells it) to the contract: its answers in every encoding and context, its refusals. */
  const contract = (method: string, { section, answers = [], refuses = [] }: Contract): void => {
    const answerings: readonly Answering[] = Array.isArray(answers) ? answers : [answers as Answering]
    if (answerings.length + refuses.length === 0) throw new Error(`${method} is held to nothing`)
    describe(`${method} (contract ${section})`, () => {
      for (const answering of answerings)
        test(`${method} answers as documented${answering.when ? `: ${answering.when}` : ''}`, async () => {
          for (const who of answering.who ?? (['app', 'webhook'] as const))
            for (const encoding of answering.encodings ?? encodings) await expectAnswer(method, answering, who, encoding)
          proved(method.toLowerCase())
        })
      for (const refusing of refuses)
        test(`${method} refuses: ${refusing.when}`, async () => {
          const { who: by = refusalsEverywhere === true ? (['app', 'webhook'] as const) : 'app' } = refusing
          for (const who of typeof by === 'string' ? [by] : by)
            for (const encoding of refusalsEverywhere === false ? (['json'] as const) : encodings)
              await expectRefusal(method, refusing, who, encoding)
          if (answerings.length === 0) proved(method.toLowerCase())
        })
    })
  }
  return { contract, house: () => house }
}
