import { expect, test } from 'vitest'
import { en } from './en/index.ts'
import { ru } from './ru/index.ts'

type Tree = { readonly [key: string]: string | Tree }

function flatten(tree: Tree, path = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const name = path ? `${path}.${key}` : key
    if (typeof value === 'string') all.set(name, value)
    else for (const [inner, text] of flatten(value, name)) all.set(inner, text)
  }
  return all
}

const plural = /_(one|few|many|other)$/
const english = flatten(en)
const russian = flatten(ru)
const singular = (texts: Map<string, string>) => new Set([...texts.keys()].map((key) => key.replace(plural, '')))

test('Russian says everything that English says, and nothing else', () => {
  expect([...singular(russian)].toSorted()).toEqual([...singular(english)].toSorted())
})

test('what is counted has all four Russian forms', () => {
  const counted = [...english.keys()].filter((key) => plural.test(key)).map((key) => key.replace(plural, ''))
  const missing = [...new Set(counted)]
    .flatMap((key) => ['one', 'few', 'many', 'other'].map((form) => `${key}_${form}`))
    .filter((key) => !russian.has(key))
  expect(missing).toEqual([])
})

test('both languages fill in the same values', () => {
  const names = (text: string | undefined) =>
    [...(text ?? '').matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted((one, other) => one.localeCompare(other))
  const different = [...english]
    .filter(([key]) => russian.has(key))
    .filter(([key, text]) => names(text).join() !== names(russian.get(key)).join())
  expect(different).toEqual([])
})
