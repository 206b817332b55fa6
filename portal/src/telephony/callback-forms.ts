/** Callback forms: what an admin sets up so that visitors of a site can ask to be called back (contract 2.3, design 11.14). */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { numberedCountries } from '../crm/phone-country.ts'
import { PortalError } from '../errors.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Change, Row } from '../store/tables.ts'
import { callbackAsked } from './events.ts'
import type { Target, Targets } from './targets.ts'
import { voices } from './voices.ts'

/** How many requests may come in an hour and in a day. */
export interface CallbackLimits {
  readonly hour: number
  readonly day: number
}

/** A form as an admin edits it. */
export interface CallbackFormInput {
  readonly title: string
  /** TEXT of the event: spoken to the employee */
  readonly text: string
  /** VOICE of the event */
  readonly voice: string
  /** `app:3`, `line:7`, `webhook:2`, or null */
  readonly target: string | null
  /** the responsible user */
  readonly userId: number
  /** ISO 3166 codes */
  readonly countries: readonly string[]
  /** origins of the sites that may embed it */
  readonly origins: readonly string[]
  readonly perAddress: CallbackLimits
  readonly perNumber: CallbackLimits
  readonly createLead: boolean
  readonly withTokens: boolean
  readonly enabled: boolean
}

/** What a form has until somebody changes it; the limits let a family behind one address ask, and no one be pestered. */
export const newCallbackForm = {
  text: '',
  voice: 'usinternalfemale',
  target: null,
  origins: [],
  perAddress: { hour: 5, day: 20 },
  perNumber: { hour: 2, day: 5 },
  createLead: false,
  withTokens: false,
  enabled: false,
} as const

/** What forms need. */
export interface CallbackFormsParts {
  readonly store: Store
  readonly clock: Clock
  readonly targets: Pick<Targets, 'find' | 'list'>
  changed(portalId: number, names: readonly string[]): void
}

/** A form's lists, read from its row. */
export function listsOf(form: Pick<Row<'callback_form'>, 'countries' | 'origins'>): { countries: string[]; origins: string[] } {
  return { countries: JSON.parse(form.countries) as string[], origins: JSON.parse(form.origins) as string[] }
}

/** Builds the verbs on forms. */
export function createCallbackForms(parts: CallbackFormsParts) {
  const { store, clock, targets, changed } = parts
  const find = async (portalId: number, id: number): Promise<Row<'callback_form'>> => {
    const row = await store.read
      .selectFrom('callback_form')
      .selectAll()
      .where('id', '=', id)
      .where('portal_id', '=', portalId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (!row) throw new PortalError('callback_form_not_found', { id })
    return row
  }

  /** The columns of what is given; throws what is wrong with them. */
  const readInput = async (portalId: number, input: Partial<CallbackFormInput>): Promise<Change<'callback_form'>> => {
    if (input.voice !== undefined && !Object.hasOwn(voices, input.voice))
      throw new PortalError('callback_voice', { voice: input.voice, known: Object.keys(voices).join(', ') })
    if (input.target && !(await targets.find(portalId, input.target))) throw new PortalError('target_unknown', { target: input.target })
    if (input.userId !== undefined) await requireUser(store, portalId, input.userId)
    return {
      ...(input.title !== undefined && { title: input.title.trim() }),
      ...(input.text !== undefined && { spoken_text: input.text.trim() }),
      ...(input.voice !== undefined && { voice: input.voice }),
      ...(input.target !== undefined && { target: input.target }),
      ...(input.userId !== undefined && { user_id: input.userId }),
      ...(input.countries && { countries: JSON.stringify(readCountries(input.countries)) }),
      ...(input.origins && { origins: JSON.stringify([...new Set(input.origins.map(readSite))]) }),
      ...(input.perAddress && { address_hour: input.perAddress.hour, address_day: input.perAddress.day }),
      ...(input.perNumber && { number_hour: input.perNumber.hour, number_day: input.perNumber.day }),
      ...(input.createLead !== undefined && { create_lead: input.createLead ? 1 : 0 }),
      ...(input.withTokens !== undefined && { with_tokens: input.withTokens ? 1 : 0 }),
      ...(input.enabled !== undefined && { enabled: input.enabled ? 1 : 0 }),
      changed_at: clock.now(),
    }
  }

  return {
    find,

    /** The form of a public address, or null; whether it is switched on is for the caller to see. */
    async findByKey(key: string): Promise<Row<'callback_form'> | null> {
      if (!/^[0-9a-f]{24}$/.test(key)) return null
      const row = await store.read
        .selectFrom('callback_form')
        .selectAll()
        .where('public_key', '=', key)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      return row ?? null
    },

    /** All forms, oldest first. */
    list(portalId: number): Promise<Row<'callback_form'>[]> {
      return store.read
        .selectFrom('callback_form')
        .selectAll()
        .where('portal_id', '=', portalId)
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .execute()
    },

    /** What can take a visitor's request, with why one cannot. */
    choices: (portalId: number): Promise<Target[]> => targets.list(portalId, callbackAsked.name),

    /** Adds a form; off unless the input says otherwise and it is complete. */
    async add(portalId: number, input: Partial<CallbackFormInput> & { title: string; userId: number }): Promise<Row<'callback_form'>> {
      const { country } = await store.read.selectFrom('portal').select('country').where('id', '=', portalId).executeTakeFirstOrThrow()
      const given = await readInput(portalId, { ...newCallbackForm, countries: [country], ...input })
      return store.transaction(async (tx) => {
        const now = clock.now()
        const key = randomBytes(12).toString('hex')
        const row = await tx.db
          .insertInto('callback_form')
          .values({ ...given, portal_id: portalId, public_key: key, created_at: now, deleted_at: null } as Row<'callback_form'>)
          .returningAll()
          .executeTakeFirstOrThrow()
        requireComplete(row)
        tx.afterCommit(() => changed(portalId, ['callback-forms']))
        return row
      })
    },

    /** Changes what is given. A form that is on stays complete. */
    async change(portalId: number, id: number, input: Partial<CallbackFormInput>): Promise<Row<'callback_form'>> {
      const given = await readInput(portalId, input)
      return store.transaction(async (tx) => {
        const row = await change(tx, { portalId, id }, given)
        requireComplete(row)
        tx.afterCommit(() => changed(portalId, ['callback-forms']))
        return row
      })
    },

    /** Deletes a form: its address answers that it is not in use. Its requests stay for their traces. */
    async remove(portalId: number, id: number): Promise<void> {
      await store.transaction(async (tx) => {
        await change(tx, { portalId, id }, { deleted_at: clock.now(), enabled: 0 })
        tx.afterCommit(() => changed(portalId, ['callback-forms']))
      })
    },
  }
}

/** The verbs on forms. */
export type CallbackForms = ReturnType<typeof createCallbackForms>

async function change(
  tx: Tx,
  { portalId, id }: { portalId: number; id: number },
  values: Change<'callback_form'>,
): Promise<Row<'callback_form'>> {
  const row = await tx.db
    .updateTable('callback_form')
    .set(values)
    .where('id', '=', id)
    .where('portal_id', '=', portalId)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new PortalError('callback_form_not_found', { id })
  return row
}

function requireComplete(form: Row<'callback_form'>): void {
  if (form.enabled === 0) return
  const missing = [
    ...(form.target === null ? ['choose where its requests go'] : []),
    ...(listsOf(form).countries.length === 0 ? ['choose a country at least'] : []),
  ]
  if (missing.length > 0) throw new PortalError('callback_form_incomplete', { missing: missing.join(' and ') })
}

async function requireUser(store: Store, portalId: number, userId: number): Promise<void> {
  const user = await store.read
    .selectFrom('user')
    .select('is_active')
    .where('id', '=', userId)
    .where('portal_id', '=', portalId)
    .executeTakeFirst()
  if (user?.is_active !== 1) throw new PortalError('user_not_found', { id: userId })
}

function readCountries(countries: readonly string[]): string[] {
  const known = new Set(numberedCountries())
  const wrong = countries.find((country) => !known.has(country))
  if (wrong !== undefined) throw new PortalError('callback_countries', { country: wrong })
  return [...new Set(countries)]
}

/** The origin of a site; what is more than an origin is cut off, what is none is refused. */
function readSite(text: string): string {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || /[\s;,'"*]/.test(url.host))
    throw new PortalError('callback_site', { origin: text.slice(0, 100) })
  return url.origin
}
