import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { anchor } from './markdown.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor((heading ?? '').replaceAll(/[`[\]]|\([^)]*\)/g, '')))
}

test('every link of the reference leads to a page and a heading that exist', () => {
  const pages = globSync('docs/reference/**/*.md', { cwd: root })
  expect(pages.length).toBeGreaterThan(8)
  const broken = pages.flatMap((from) =>
    [...read(from).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(([, file = '', heading]) => {
      const to = file === '' ? from : join(dirname(from), file)
      const leads = existsSync(join(root, to)) && (heading === undefined || anchorsOf(to).includes(heading))
      return leads ? [] : [`${from}: ${file}#${heading ?? ''}`]
    }),
  )
  expect(broken).toEqual([])
})

test('the OpenAPI document declares every shape that it refers to, and nothing twice', () => {
  const text = read('docs/reference/openapi.json')
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } }
  const declared = Object.keys(components.schemas)
  const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name))
  expect([...used].filter((name) => !declared.includes(name ?? ''))).toEqual([])
  expect(new Set(Object.values(components.schemas).map((shape) => JSON.stringify(shape))).size).toBe(declared.length)
})

test('the reference does not name documents that its readers do not have', () => {
  const pages = globSync(['docs/reference/**/*.{md,json}', 'web/src/api/schema.ts', 'sdk/src/method-params.ts'], { cwd: root })
  expect(pages.filter((path) => /\b(contract|design) \d/.test(read(path)))).toEqual([])
})
