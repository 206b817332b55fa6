/** Set-up of a phone app: what it says of its PBX, and a phone that is rung for a test. */
import { PortalError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { PhoneQuestions } from './phone-questions.ts'

/** One thing that a first call needs, as the app found it. */
export interface AppCheck {
  /** `ari`, `rights`, `recordings`, `line`, `phone`, or what another app calls it */
  readonly name: string
  /** what of that kind was looked at, e.g. the number of a line */
  readonly subject: string
  readonly ok: boolean
  /** of a failure, e.g. `password`; else empty */
  readonly code: string
  /** of a failure, in the app's words; else empty */
  readonly text: string
}

/** What an app answered. `not_asked`: it gave no address; `silent`: it did not answer, or not with this. */
export interface AppReport {
  readonly answer: 'given' | 'silent' | 'not_asked'
  /** why it is silent */
  readonly problem: string
  /** what the PBX calls itself */
  readonly pbx: string
  readonly checks: readonly AppCheck[]
}

/** What checks are built of. */
export interface AppChecksParts {
  readonly store: Store
  readonly questions: PhoneQuestions
}

/** Builds the verbs. */
export function createAppChecks({ store, questions }: AppChecksParts) {
  const find = async (portalId: number, appId: number): Promise<Row<'app'>> => {
    const query = store.read.selectFrom('app').selectAll().where('id', '=', appId).where('portal_id', '=', portalId)
    const app = await query.where('deleted_at', 'is', null).executeTakeFirst()
    if (!app) throw new PortalError('app_not_found', { id: appId })
    return app
  }
  const silent = (problem: string): AppReport => ({ answer: 'silent', problem, pbx: '', checks: [] })

  return {
    /** Asks the app to look at its PBX and at the phone of this extension ('' for none). */
    async check(portalId: number, appId: number, extension: string): Promise<AppReport> {
      const app = await find(portalId, appId)
      if (app.phone_url === '') return { answer: 'not_asked', problem: '', pbx: '', checks: [] }
      const answer = await questions.ask(app, { event: 'HOOKSWITCHCHECK', data: { EXTENSION: extension } })
      if ('unreachable' in answer) return silent(answer.unreachable)
      if ('refused' in answer) return silent(answer.refused)
      const { pbx, checks } = answer.said
      if (typeof pbx !== 'string' || !Array.isArray(checks)) return silent('what it answered is no report')
      return { answer: 'given', problem: '', pbx: pbx.slice(0, 100), checks: checks.slice(0, 50).flatMap(readCheck) }
    },

    /** Rings the phone of an extension. Refuses by app_not_found, ring_refused, ring_unreachable. */
    async ring(portalId: number, appId: number, extension: string): Promise<void> {
      const app = await find(portalId, appId)
      if (app.phone_url === '') throw new PortalError('ring_unreachable', { title: app.title, problem: 'it has not said where' })
      const answer = await questions.ask(app, { event: 'HOOKSWITCHRING', data: { EXTENSION: extension } })
      if ('unreachable' in answer) throw new PortalError('ring_unreachable', { title: app.title, problem: answer.unreachable })
      if ('refused' in answer) throw new PortalError('ring_refused', { problem: answer.refused })
    },
  }
}

/** The verbs on the set-up of phone apps. */
export type AppChecks = ReturnType<typeof createAppChecks>

function readCheck(value: unknown): AppCheck[] {
  if (typeof value !== 'object' || value === null) return []
  const { name, subject, ok, code, text } = value as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || typeof ok !== 'boolean') return []
  const words = (one: unknown, most: number): string => (typeof one === 'string' ? one.slice(0, most) : '')
  return [{ name: name.slice(0, 40), subject: words(subject, 200), ok, code: words(code, 40), text: words(text, 500) }]
}
