import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../portal/src/config.ts'
import { createPortal } from '../../portal/src/portal.ts'
import { fillHistory, openHand } from '../support/history.ts'
import { startPortal, type TestPortal } from '../support/portal.ts'

const entry = fileURLToPath(new URL('../../portal/bin/hookswitch.mjs', import.meta.url))
const run = promisify(execFile)

let house: TestPortal
let folder: string
/** a command on the data folder of the portal that runs meanwhile */
const hookswitch = async (...words: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, [entry, ...words, '--data', house.dataDir], { env: { PATH: process.env['PATH'] ?? '' } })
  return stdout
}
const refusalOf = (...words: string[]): Promise<string> =>
  hookswitch(...words).then(
    () => 'it was done',
    (error: { stderr: string }) => error.stderr,
  )

beforeAll(async () => {
  house = await startPortal()
  folder = await mkdtemp(join(tmpdir(), 'hookswitch-backup-'))
})
afterAll(async () => {
  await house.stop()
  await rm(folder, { recursive: true, force: true })
})

// each command is a process of its own
describe('while the portal runs', { timeout: 60_000 }, () => {
  test('a backup is a portal of its own: the database as of one moment, and the recordings', async () => {
    const app = await house.addApp()
    const contactId = await house.addContact({ NAME: 'Ada', PHONE: [{ VALUE: '+15550102999', VALUE_TYPE: 'WORK' }] })
    const registered = await app.call('telephony.externalcall.register', {
      USER_ID: house.admin.userId,
      PHONE_NUMBER: '+15550102999',
      TYPE: 1,
    })
    const callId = registered.body.result.CALL_ID as string
    await app.call('telephony.externalcall.finish', { CALL_ID: callId, USER_ID: house.admin.userId, DURATION: 5, STATUS_CODE: 200 })
    const sound = Buffer.from('ID3 not quite a sound').toString('base64')
    const attached = await app.call('telephony.externalCall.attachRecord', { CALL_ID: callId, FILENAME: 'talk.mp3', FILE_CONTENT: sound })
    expect(attached.status).toBe(200)

    // people go on meanwhile
    let isOver = false
    let added = 0
    const going = (async () => {
      while (!isOver) {
        await house.addContact({ NAME: `Person ${added}` })
        added += 1
      }
    })()
    const target = join(folder, 'first')
    expect(await hookswitch('backup', target)).toContain(target)
    isOver = true
    await going
    expect(added).toBeGreaterThan(0)

    const copy = await createPortal(loadConfig({ env: {}, dataDir: target, overrides: { log: { level: 'silent' } } }))
    try {
      const contacts = await copy.store.read.selectFrom('contact').selectAll().orderBy('id').execute()
      expect(contacts[0]).toMatchObject({ id: contactId, name: 'Ada' })
      // of those that came meanwhile it has the first ones, none is missing in between
      expect(contacts.slice(1).map(({ name }) => name)).toEqual(contacts.slice(1).map((_, index) => `Person ${index}`))
      const recording = await copy.store.read.selectFrom('recording').selectAll().executeTakeFirstOrThrow()
      expect(await readFile(join(target, 'recordings', recording.path), 'utf8')).toBe('ID3 not quite a sound')
    } finally {
      await copy.close()
    }
    expect(await refusalOf('backup', target)).toContain('is not empty')
  })

  test('prune says what would go, then archives and removes it; the archive is shown as lines of JSON', async () => {
    const hand = await openHand(join(house.dataDir, 'hookswitch.db'))
    const owner = { userId: house.admin.userId, handlerId: 1, owner: 'app:1' }
    await fillHistory(hand, { deliveries: 30, portalId: house.portalId, ...owner, endsAt: Date.parse('2026-01-15T12:00:00Z') })
    expect(await hookswitch('prune', '--dry-run')).toMatch(/ {2}30 {2}deliveries\n[^]*Nothing was removed\./)
    expect(await refusalOf('archive', 'show', 'delivery')).toContain('the archive has no delivery')
    expect(await hookswitch('prune')).toMatch(/ 30 {2}events\n/)
    expect(await hand.rows('select id from delivery where id < 0')).toEqual([])
    await hand.close()
    expect(await hookswitch('archive', 'list')).toMatch(/^delivery +2026-01-15 +30 rows/m)
    const lines = (await hookswitch('archive', 'show', 'delivery', '2026-01-15')).trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(Array.from({ length: 30 }, (_, index) => index - 30))
    expect(await refusalOf('archive', 'show', 'delivery', '2026-01-16')).toContain('hookswitch archive list')
  })
})
