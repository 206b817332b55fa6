import { expect, test } from 'vitest'
import * as rules from './rules.ts'
import { readHouse } from './source.ts'

const house = readHouse(`${import.meta.dirname}/../..`)

test('the reader sees every workspace', () => {
  for (const workspace of ['portal', 'sdk', 'connector', 'web']) {
    expect(
      house.some(({ path }) => path.startsWith(`${workspace}/src/`)),
      `files in ${workspace}/src`,
    ).toBe(true)
  }
})

test('imports in the portal point down through the layers', () => expect(rules.importsPointDown(house)).toEqual([]))

test('a workspace imports only what the table allows it', () => expect(rules.workspacesKeepApart(house)).toEqual([]))

test('only portal.ts imports a methods.ts', () => expect(rules.methodsHaveOneReader(house)).toEqual([]))

test('no file imports itself, however far round', () => expect(rules.noCycles(house)).toEqual([]))

test('the portal has no barrels', () => expect(rules.noBarrels(house)).toEqual([]))

test('what differs between the engines stands in the store', () => expect(rules.enginesStayInStore(house)).toEqual([]))

test('every file name says what is inside', () => expect(rules.namesSaySomething(house)).toEqual([]))

test('every export carries a doc comment', () => expect(rules.exportsAreDocumented(house)).toEqual([]))
