import { describe, expect, test } from 'vitest'
import * as rules from './rules.ts'
import type { Rule } from './rules.ts'
import { parseSource } from './source.ts'

/** Runs a rule over files written here, `path → text`. */
function breaches(rule: Rule, files: Record<string, string>): string[] {
  return rule(Object.entries(files).map(([path, text]) => parseSource(path, text)))
}

describe('importsPointDown', () => {
  const check = (path: string, text: string) => breaches(rules.importsPointDown, { [path]: text })

  test('allows the kernel, lower layers and the own part', () => {
    const text = `import { a } from '../log.ts'\nimport type { B } from '../store/tables.ts'\nimport { c } from './lines.ts'\nimport pg from 'x'`
    expect(check('portal/src/telephony/calls.ts', text)).toEqual([])
  })

  test('allows a kernel file to import another', () => {
    expect(check('portal/src/caller.ts', `import { PortalError } from './errors.ts'`)).toEqual([])
  })

  test.each([
    ['a static import', `\nimport { a } from '../telephony/calls.ts'`],
    ['a type import', `\nimport type { A } from '../telephony/calls.ts'`],
    ['a dynamic import', `\nconst a = await import('../telephony/calls.ts')`],
    ['a re-export', `\nexport { a } from '../telephony/calls.ts'`],
    ['a star re-export', `\nexport * from '../telephony/calls.ts'`],
  ])('finds %s that points up', (_, text) => {
    expect(check('portal/src/crm/entities.ts', text)).toEqual(['portal/src/crm/entities.ts:2: crm must not import telephony'])
  })

  test('finds an import of a neighbour on the same layer', () => {
    expect(check('portal/src/rest/batch.ts', `import '../delivery/engine.ts'`)).toEqual([
      'portal/src/rest/batch.ts:1: rest must not import delivery',
    ])
  })

  test('finds the kernel importing anything above it', () => {
    expect(check('portal/src/log.ts', `import '../src/store/store.ts'`)).toHaveLength(1)
  })

  test('finds a part that has no place in the table', () => {
    expect(check('portal/src/gadgets/a.ts', '')).toEqual(['portal/src/gadgets/a.ts:1: "gadgets" has no place in test/law/law.ts'])
    expect(check('portal/src/crm/a.ts', `import '../gadgets/a.ts'`)).toHaveLength(1)
  })

  test('does not judge tests, which may look at anything', () => {
    expect(check('portal/src/crm/entities.test.ts', `import '../telephony/calls.ts'`)).toEqual([])
  })

  test('is not fooled by comments and strings', () => {
    expect(check('portal/src/crm/entities.ts', `// import '../http/server.ts'\nconst a = "import '../http/server.ts'"`)).toEqual([])
  })
})

describe('workspacesKeepApart', () => {
  const check = (path: string, text: string) => breaches(rules.workspacesKeepApart, { [path]: text })

  test('lets connector and web import the sdk', () => {
    expect(check('connector/src/main.ts', `import { client } from '@hookswitch/sdk'`)).toEqual([])
    expect(check('web/src/main.tsx', `import type { Call } from '@hookswitch/sdk/contract'`)).toEqual([])
  })

  test('finds a forbidden package and a relative path that leaves the workspace', () => {
    expect(check('sdk/src/client.ts', `import '@hookswitch/portal'`)).toEqual([
      'sdk/src/client.ts:1: sdk must not import @hookswitch/portal',
    ])
    expect(check('connector/src/main.ts', `import '../../portal/src/log.ts'`)).toEqual([
      'connector/src/main.ts:1: ../../portal/src/log.ts leaves connector/',
    ])
    expect(check('connector/src/main.ts', `import '@hookswitch/sdkx'`)).toHaveLength(1)
  })
})

test('methodsHaveOneReader lets portal.ts alone import a methods.ts', () => {
  const text = `import { methods } from './crm/methods.ts'`
  expect(breaches(rules.methodsHaveOneReader, { 'portal/src/portal.ts': text })).toEqual([])
  expect(breaches(rules.methodsHaveOneReader, { 'portal/src/http/server.ts': `import { methods } from '../crm/methods.ts'` })).toEqual([
    'portal/src/http/server.ts:1: only portal/src/portal.ts imports ../crm/methods.ts',
  ])
})

describe('noCycles', () => {
  test('finds a ring through several files, once', () => {
    const ring = {
      'portal/src/crm/a.ts': `import './b.ts'`,
      'portal/src/crm/b.ts': `import type { C } from './c.ts'`,
      'portal/src/crm/c.ts': `import './a.ts'`,
    }
    expect(breaches(rules.noCycles, ring)).toEqual([
      'portal/src/crm/a.ts:1: imports itself: portal/src/crm/a.ts → portal/src/crm/b.ts → portal/src/crm/c.ts → portal/src/crm/a.ts',
    ])
  })

  test('allows two ways to the same file', () => {
    const diamond = { 'sdk/src/a.ts': `import './b.ts'; import './c.ts'`, 'sdk/src/b.ts': `import './c.ts'`, 'sdk/src/c.ts': '' }
    expect(breaches(rules.noCycles, diamond)).toEqual([])
  })
})

test('noBarrels finds an index file in the portal and leaves the entry point of the sdk alone', () => {
  expect(breaches(rules.noBarrels, { 'portal/src/crm/index.ts': '' })).toHaveLength(1)
  expect(breaches(rules.noBarrels, { 'sdk/src/index.ts': '', 'portal/src/crm/index-card.ts': '' })).toEqual([])
})

describe('enginesStayInStore', () => {
  const check = (path: string, text: string) => breaches(rules.enginesStayInStore, { [path]: text })

  test.each([
    ['a driver', `import Database from 'better-sqlite3'`],
    ['a dialect', `const dialect = new PostgresDialect()`],
    ['a method of one engine', `query.forUpdate().skipLocked()`],
    ['a question about the engine', `if (store.engine === 'sqlite') retry()`],
    ['SQL of one engine', 'await sql`select id from calls where name ilike ${name}`'],
    ['SQL that folds only ASCII', 'await sql`select lower(name) from users`'],
  ])('finds %s outside the store and allows it inside', (_, text) => {
    expect(check('portal/src/crm/entities.ts', text)).toHaveLength(1)
    expect(check('portal/src/store/engine.ts', text)).toEqual([])
  })

  test('allows config.ts to name the engines, and prose anywhere', () => {
    expect(check('portal/src/config.ts', `const engine = url ? 'postgres' : 'sqlite'`)).toEqual([])
    expect(check('portal/src/crm/entities.ts', `// PostgreSQL has ilike\nconst text = 'a note about postgres'`)).toEqual([])
  })
})

test('namesSaySomething finds an empty word anywhere in a path and allows words that contain one', () => {
  for (const path of ['portal/src/crm/call-service.ts', 'web/src/utils/a.ts', 'test/support/helpers.ts', 'sdk/src/base.ts']) {
    expect(breaches(rules.namesSaySomething, { [path]: '' }), path).toHaveLength(1)
  }
  expect(breaches(rules.namesSaySomething, { 'portal/src/store/database.ts': '', 'web/src/calls/utility-bill.tsx': '' })).toEqual([])
})

describe('exportsAreDocumented', () => {
  const check = (text: string, path = 'portal/src/crm/entities.ts') => breaches(rules.exportsAreDocumented, { [path]: text })

  test('finds each kind of export without a doc comment', () => {
    const text = `export const a = 1, b = 2\nexport function c() {}\nexport class D {}\nexport type E = 1\nexport interface F {}\nconst g = 1\nexport { g }`
    expect(check(text).map((breach) => breach.split(' ')[1])).toEqual(['a', 'b', 'c', 'D', 'E', 'F', 'g'])
  })

  test('does not take a line comment, an ordinary block or a distant doc comment for one', () => {
    for (const before of ['// says a', '/* says a */', '/** says b */\nconst b = 1\n'])
      expect(check(`${before}\nexport const a = 1`)).toHaveLength(1)
  })

  test('is content with a doc comment at the declaration, at the first overload, and with re-exports', () => {
    expect(check(`/** Says a. */\nexport const a = 1`)).toEqual([])
    expect(
      check(`/** Says a. */\nexport function a(x: 1): 1\nexport function a(x: 2): 2\nexport function a(x: number) { return x }`),
    ).toEqual([])
    expect(check(`/** Says a. */\nconst a = 1\nexport { a }\nexport { b } from './b.ts'\nexport * from './c.ts'`)).toEqual([])
  })

  test('does not judge tests', () => expect(check('export const a = 1', 'portal/src/crm/entities.test.ts')).toEqual([]))
})
