import { Type } from 'typebox'
import type { RetentionRuleBook } from '../../directory/retention-rules.ts'
import type { Archive } from '../../store/archive.ts'
import type { Retention } from '../../store/retention.ts'
import { route, type Route } from './route.ts'
import { RetentionCard, RetentionRules } from './schemas.ts'

/** What the pages on kept data need. */
export interface RetentionRoutesParts {
  readonly rules: RetentionRuleBook
  readonly retention: Retention
  readonly archive: Archive
}

/** `/retention`: how long data is kept, and what the last run removed. */
export function retentionRoutes({ rules, retention, archive }: RetentionRoutesParts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/retention',
      about: 'How long data is kept, what the last daily run removed, and what the archive of this process holds.',
      access: 'admin',
      answers: { 200: RetentionCard },
      async run({ caller }) {
        const files = await archive.list()
        return {
          rules: await rules.of(caller.portalId),
          last: await retention.last(),
          archive: {
            files: files.length,
            rows: files.reduce((sum, file) => sum + file.rows, 0),
            bytes: files.reduce((sum, file) => sum + file.bytes, 0),
          },
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/retention',
      about: 'Changes how long data is kept. Counts from the next daily run on.',
      access: 'admin',
      body: Type.Partial(RetentionRules),
      answers: { 200: RetentionRules },
      run: ({ caller, body }) => rules.change(caller.portalId, body),
    }),
  ]
}
