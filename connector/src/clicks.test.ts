import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PortalEvent } from '@hookswitch/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { openDataDir } from './app.ts'
import { createClickListener } from './clicks.ts'
import { systemClock } from './clock.ts'
import { createHandsets } from './demo/handsets.ts'
import { createSwitchboard, DEFAULT_LIMITS } from './switchboard.ts'

test('a click that cannot be written down is refused in words and rings nobody; the same click is taken when it can be', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'clicks-'))
  const journal = openDataDir(dir)
  const pbx = createHandsets({ recordingsDir: dir, clock: systemClock, randomRef: () => 'r' })
  const logged: string[] = []
  const log = (_: string, text: string) => void logged.push(text)
  const progress = { tell: () => {}, card: () => {}, settled: async () => {} }
  const told = { onEnded: () => {}, onMoved: () => {} }
  const switchboard = createSwitchboard({ pbx, journal, progress, clock: systemClock, log, limits: DEFAULT_LIMITS, ...told })
  // as a full disk, or a disk that became read-only, would have it: the write is refused
  const other = new DatabaseSync(join(dir, 'calls.db'))
  onTestFinished(() => {
    switchboard.close()
    journal.close()
    other.close()
    rmSync(dir, { recursive: true })
  })
  const directory = {
    findAgent: async (userId: string) => ({ userId, name: 'Ann', extension: '101' }),
    findByExtension: async () => undefined,
    findClient: async () => ({ name: '' }),
  }
  const listen = createClickListener({ directory, pbx, journal, switchboard, clock: systemClock, log })
  const data = { CALL_ID: 'externalCall.1', USER_ID: 5, PHONE_NUMBER: '+15550100', PHONE_NUMBER_INTERNATIONAL: '+15550100' }
  const click = () => listen({ data } as unknown as PortalEvent<'ONEXTERNALCALLSTART'>, { isAnswered: () => false })

  other.exec('BEGIN EXCLUSIVE')
  expect(await click()).toMatchObject({ refused: { code: 'unavailable', text: expect.stringContaining('cannot write the call down') } })
  expect([pbx.pair('externalCall.1'), switchboard.live(), logged]).toEqual([
    undefined,
    [],
    ['the journal cannot be written', 'a click was refused'],
  ])

  other.exec('ROLLBACK')
  expect(await click()).not.toHaveProperty('refused')
  expect(pbx.pair('externalCall.1')?.agent.state).toBe('ringing')
})
