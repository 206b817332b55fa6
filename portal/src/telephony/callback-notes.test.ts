import { expect, test } from 'vitest'
import { noteOf, type NoteFacts } from './callback-notes.ts'

const facts: NoteFacts = {
  language: 'en',
  formTitle: 'Call me',
  number: '+12125550101',
  outcome: 'failed',
  reason: 'connect',
  targetTitle: 'PBX',
  traceUrl: 'https://crm.example.org/traces/7',
}

test('a note names number and form, says what to do, why, and where the trace is', () => {
  expect(noteOf(facts).split('\n')).toEqual([
    'A visitor asked to be called back: +12125550101 (form “Call me”). The phone app did not take the request. Call the visitor yourself.',
    'Why: no connection to the handler',
    'https://crm.example.org/traces/7',
  ])
})

test('a Russian reader gets Russian words only', () => {
  const notes = [
    noteOf({ ...facts, language: 'ru' }),
    noteOf({ ...facts, language: 'ru', outcome: 'skipped', reason: 'not_installed' }),
    noteOf({ ...facts, language: 'ru', outcome: 'unconfirmed', reason: 'timeout' }),
  ]
  for (const note of notes) expect(note.split('\n')[0]).toContain('Посетитель просит перезвонить: +12125550101 (форма «Call me»)')
  expect(notes.map((note) => note.split('\n').length)).toEqual([2, 3, 2])
  expect(notes[1]).toContain('установка приложения не завершена')
  expect(notes.join()).not.toMatch(/Why|handler|answer/)
})

test('what may have arrived is told as such: nobody shall be called twice', () => {
  expect(noteOf({ ...facts, outcome: 'unconfirmed', reason: 'timeout' })).toContain('If it does not call, call the visitor yourself.')
})
