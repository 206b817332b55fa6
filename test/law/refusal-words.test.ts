import { expect, test } from 'vitest'
import { errors, PortalError, type ErrorKey } from '../../portal/src/errors.ts'
import { wordsOfRefusal } from '../../web/src/app/refusal-words.ts'
import { russianRefusals } from '../../web/src/app/texts/ru/refusals.ts'

const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).toSorted()

/** Who reads them has no page of ours before them: visitors of callback forms (they have words of their own), programs, terminals. */
const elsewhere = /^(callback_(form_off|number|country|limit|not_ready|trap|origin)|idempotency_|move_|metrics_|json_only$)/

test('every refusal of the own API that a page can show has words in Russian; 404 is said by the page itself', () => {
  const own = Object.entries(errors).filter(([key, [code, status]]) => code === key && status !== 404 && /^[a-z_]+$/.test(code))
  const ofRest = ['expired_token', 'invalid_token', 'insufficient_scope']
  const missing = own.map(([key]) => key).filter((key) => !elsewhere.test(key) && !ofRest.includes(key) && !(key in russianRefusals))
  expect(own.length).toBeGreaterThan(50)
  expect(missing).toEqual([])
})

test('they belong to refusals that exist, and name what the English ones name', () => {
  for (const [key, words] of Object.entries(russianRefusals)) {
    const row = errors[key as ErrorKey]
    expect(row, key).toBeDefined()
    expect([key, namesIn(words)]).toEqual([key, namesIn(row[2])])
  }
})

test('a reader of Russian reads them filled, others the portal’s own words', () => {
  const refusal = new PortalError('extension_taken', { extension: '105', name: 'Ева' })
  const problem = { code: refusal.key, detail: refusal.message, ...refusal.details }
  expect(wordsOfRefusal(problem, 'ru')).toBe('Добавочный номер 105 занят: Ева')
  expect(wordsOfRefusal(problem, 'en')).toBe('The extension 105 belongs to Ева')
  expect(wordsOfRefusal({ code: 'no_such_code', detail: 'Something else' }, 'ru')).toBe('Something else')
  expect(wordsOfRefusal({ code: 'constructor', detail: 'Not a word of ours' }, 'ru')).toBe('Not a word of ours')
})
