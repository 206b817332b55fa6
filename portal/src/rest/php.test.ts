import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PortalError } from '../errors.ts'
import { buildForm, deepestNesting, mostParameters, parseForm, type LooseMap } from './php.ts'

/** As JSON has it: maps without a prototype compare like others. */
const read = (text: string): unknown => JSON.parse(JSON.stringify(parseForm(text)))

describe('a form is read as PHP reads it', () => {
  it.each([
    [
      'of one name the last value counts, with brackets or without',
      'ID=1&ID=2&filter[ID]=3&filter[ID]=4',
      { ID: '2', filter: { ID: '4' } },
    ],
    ['[] makes a list', 'a[]=1&a%5B%5D=2&a[]=3', { a: ['1', '2', '3'] }],
    ['[] within takes the next number each time', 'a[][V]=1&a[][V]=2', { a: [{ V: '1' }, { V: '2' }] }],
    ['numbers from 0 on are a list', 'a[0][V]=1&a[0][T]=2&a[1][V]=3', { a: [{ V: '1', T: '2' }, { V: '3' }] }],
    ['other numbers are kept as the keys they are', 'cmd[1]=a&cmd[2]=b&cmd[7]=c', { cmd: { 1: 'a', 2: 'b', 7: 'c' } }],
    ['[] goes on behind the largest number', 'a[5]=x&a[]=y', { a: { 5: 'x', 6: 'y' } }],
    ['a map takes the place of a value, and a value that of a map', 'a=1&a[b]=2&c[d]=3&c=4', { a: { b: '2' }, c: '4' }],
    ['what stands behind the last bracket falls away', 'a[b]c[d]=1', { a: { b: '1' } }],
    ['brackets that are none are part of the name', 'a[b=1&a]=2&[x]=3', { 'a[b': '1', 'a]': '2', '[x]': '3' }],
    ['a plus is a space, an escape that is none stays', 'a+b=c+d&e=%zz', { 'a b': 'c d', e: '%zz' }],
    [
      'nobody reaches a prototype',
      '__proto__[x]=1&a[__proto__][y]=2&constructor[prototype][z]=3',
      { a: {}, constructor: { prototype: { z: '3' } } },
    ],
    ['nothing is nothing', '&&', {}],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it('of what buildForm writes nothing is lost', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => !/[[\]]|^__proto__$|^\d+$/.test(text))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, value), (map) => {
        expect(read(buildForm(map))).toEqual(JSON.parse(JSON.stringify(map)))
      }),
    )
  })
})

describe('a form that nobody sends in earnest', () => {
  const refused = (text: string): unknown => {
    try {
      return parseForm(text)
    } catch (error) {
      return error instanceof PortalError ? error.key : error
    }
  }

  it(`is refused with more than ${mostParameters} parameters, not cut`, () => {
    const form = (count: number, name: string): string => Array.from({ length: count }, (_, index) => `${name}${index}=1`).join('&')
    expect(Object.keys(parseForm(form(mostParameters, 'k')))).toHaveLength(mostParameters)
    expect(refused(form(mostParameters + 1, 'k'))).toBe('malformed_body')
    expect((parseForm('a[]=1&'.repeat(mostParameters - 1))['a'] as LooseMap)['length']).toBe(mostParameters - 1)
    expect(refused('a[]=1&'.repeat(mostParameters))).toBe('malformed_body')
  })

  it(`is refused when it is nested more than ${deepestNesting} levels deep`, () => {
    expect(refused(`a${'[b]'.repeat(deepestNesting)}=1`)).toBe('malformed_body')
    expect(refused(`a${'[b]'.repeat(deepestNesting - 1)}=1`)).toBeTypeOf('object')
  })

  it.each([
    ['large numbers in brackets', (index: number) => `a${index}[4999]=1`],
    ['large numbers within numbers', (index: number) => `a[${index}][4999]=1`],
    ['a long list far down', (index: number) => `a${'[0]'.repeat(12)}[${index}]=1`],
    ['brackets that never close', (index: number) => `${'['.repeat(80)}${index}=1`],
  ])('costs no more for %s than for as many plain names', (_, nameOf) => {
    const timeOf = (pair: (index: number) => string): number => {
      const text = Array.from({ length: mostParameters }, (_name, index) => pair(index)).join('&')
      const took = Array.from({ length: 3 }, () => {
        const begun = performance.now()
        parseForm(text)
        return performance.now() - begun
      })
      return Math.min(...took)
    }
    // a list that was filled up to the number took 80 times as long
    expect(timeOf(nameOf)).toBeLessThan(20 * timeOf((index) => `name-of-as-many-letters-as-those-${index}=1`) + 50)
  })
})
