import { defaultSwitches, type SwitchBoard } from '../directory/switches.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Outbox } from '../events/outbox.ts'
import { createLog } from '../log.ts'
import { openEngine } from '../store/open.ts'
import { migrate } from '../store/migrate.ts'
import { Store } from '../store/store.ts'
import { createActivities, type Activities } from './activities.ts'
import { createCallLists, type CallLists } from './call-lists.ts'
import { createEntities, type Author, type Entities } from './entities.ts'
import { createLinks, type Links } from './links.ts'
import { createLookup, type Lookup } from './lookup.ts'
import { createNotes, type Notes } from './notes.ts'
import { createStatuses, type Statuses } from './statuses.ts'
import { createTimeline, type Timeline } from './timeline.ts'

/** A portal with a CRM and nothing else, for the tests of this area. */
export interface TestPortal {
  readonly store: Store
  readonly entities: Entities
  readonly lookup: Lookup
  readonly timeline: Timeline
  readonly notes: Notes
  readonly callLists: CallLists
  readonly activities: Activities
  readonly statuses: Statuses
  readonly links: Links
  /** as they are until an admin changes them */
  readonly switches: Pick<SwitchBoard, 'of'>
  /** the first user of the portal */
  readonly by: Author
  /** a user of another portal in the same database */
  readonly stranger: Author
  /** what was said in committed transactions: `ONCRMCONTACTADD 4` */
  readonly said: string[]
  /** names given to the live stream */
  readonly changes: string[]
  /** turns the clock to this time */
  setNow(ms: number): void
  close(): Promise<void>
}

/** Opens one. `CRM_TEST_DATABASE` names another database than a new file. */
export async function openTestPortal({
  country = 'US',
  language = 'en',
}: { country?: string; language?: string } = {}): Promise<TestPortal> {
  const folder = await mkdtemp(join(tmpdir(), 'hookswitch-crm-'))
  const log = createLog('silent')
  const engine = await openEngine(process.env['CRM_TEST_DATABASE'] ?? join(folder, 'portal.db'), log)
  await migrate(engine)
  const store = await Store.open(engine, log)
  let now = Date.UTC(2026, 2, 10, 9, 0, 0, 250)
  const clock: Clock = { now: () => now, at: () => () => {} }
  const said: string[] = []
  const changes: string[] = []
  const outbox: Pick<Outbox, 'emit'> = {
    emit(tx, declaration, fact) {
      tx.afterCommit(() => said.push(`${declaration.name} ${(declaration.data(fact)['FIELDS'] as { ID: number }).ID}`))
      return []
    },
  }
  const changed = (_: number, names: readonly string[]): void => void changes.push(...names)
  const parts = { store, clock, outbox, changed }
  const entities = createEntities(parts)
  return {
    store,
    entities,
    links: createLinks({ store, entities }),
    switches: { of: () => defaultSwitches },
    lookup: createLookup({ store }),
    timeline: createTimeline(parts),
    notes: createNotes(parts),
    callLists: createCallLists(parts),
    activities: createActivities(parts),
    statuses: createStatuses({ store }),
    by: await addAuthor(store, country, language),
    stranger: await addAuthor(store, 'US', 'en'),
    said,
    changes,
    setNow: (ms) => {
      now = ms
    },
    async close() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

function addAuthor(store: Store, country: string, language: string): Promise<Author> {
  return store.transaction(async (tx) => {
    const account = {
      member_id: 'a'.repeat(32),
      title: 'Test',
      country,
      language,
      target: null,
      allow_user_targets: 1 as const,
      allow_service_codes: 0 as const,
      settings: '{}',
      created_at: 0,
    }
    const portal = await tx.db.insertInto('portal').values(account).returning('id').executeTakeFirstOrThrow()
    const person = {
      portal_id: portal.id,
      email: 'nora@example.org',
      password_hash: '',
      name: 'Nora',
      second_name: '',
      last_name: 'Bell',
      work_position: '',
      search: '',
    }
    const flags = {
      is_admin: 1 as const,
      is_active: 1 as const,
      language,
      target: null,
      departments: '[]',
      extension: null,
      work_phone: null,
      personal_phone: null,
      personal_mobile: null,
    }
    const user = await tx.db
      .insertInto('user')
      .values({ ...person, ...flags, last_seen_at: null, created_at: 0, updated_at: 0 })
      .returning('id')
      .executeTakeFirstOrThrow()
    return { portalId: portal.id, userId: user.id }
  })
}
