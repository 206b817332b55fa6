import { russianRefusals } from './texts/ru/refusals.ts'

/** What the portal said, in the reader's language where there are words for it. `problem` is the body of the refusal, details included. */
export function wordsOfRefusal(problem: Readonly<Record<string, unknown>> & { code: string; detail: string }, language: string): string {
  const words = language === 'ru' && Object.hasOwn(russianRefusals, problem.code) ? russianRefusals[problem.code] : undefined
  if (words === undefined) return problem.detail
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = problem[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  })
}
