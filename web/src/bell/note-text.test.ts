import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readNote } from './note-text.ts'

const text = (message: string) =>
  readNote(message)
    .map((piece) => piece.text)
    .join('')
const links = (message: string) => readNote(message).flatMap((piece) => (piece.href === null ? [] : [[piece.text, piece.href]]))

describe('the text of a note', () => {
  test.each([
    ['plain', 'plain'],
    ['[b]Call[/b] the [i]client[/i]', 'Call the client'],
    ['one[br]two<br/>three', 'one\ntwo\nthree'],
    ['[USER=5]Eve[/USER] wrote', 'Eve wrote'],
    ['<p>One</p><p>two &amp; three</p>', 'One\ntwo & three\n'],
    ['[1] and [note] and <3 and a < b > c', '[1] and [note] and <3 and a < b > c'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<img src=x onerror=alert(1)>', ''],
    ['&lt;b&gt;', '<b>'],
  ])('%j reads %j', (message, read) => {
    expect(text(message)).toBe(read)
  })

  test.each([
    ['[url=https://crm.example.org/x]the card[/url]', [['the card', 'https://crm.example.org/x']]],
    ['[URL]https://crm.example.org/x[/URL]', [['https://crm.example.org/x', 'https://crm.example.org/x']]],
    ['<a href="http://example.com/?a=1&amp;b=2" target="x">go</a>', [['go', 'http://example.com/?a=1&b=2']]],
    ['see https://example.com/a. Then', [['https://example.com/a', 'https://example.com/a']]],
    ['[url=https://example.com/][b]bold[/b] link[/url] after', [['bold link', 'https://example.com/']]],
  ])('%j has the links %j', (message, found) => {
    expect(links(message)).toEqual(found)
  })

  test.each([
    '[url=javascript:alert(1)]x[/url]',
    '[url= JaVaScRiPt:alert(1)]x[/url]',
    '<a href="data:text/html,x">x</a>',
    '<a href=vbscript:x>x</a>',
    '[url=/v1/session]x[/url]',
    '[url=https://crm.example.org@evil.example/]x[/url]',
    '[url]file:///etc/passwd[/url]',
  ])('%j has no link', (message) => {
    expect(links(message)).toEqual([])
    expect(text(message)).toMatch(/^(x|file:.*)$/)
  })

  test('a link leads to http or https, whatever is sent', () => {
    const part = fc.constantFrom(
      '[url=',
      '[url]',
      '[/url]',
      ']',
      '<a href="',
      '">',
      '</a>',
      'https://a.example/',
      'javascript:',
      'x',
      '[b]',
      '<br>',
      '&amp;',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) =>
        readNote(parts.join('')).every(({ href }) => href === null || /^https?:\/\//.test(href)),
      ),
    )
  })

  test('the longest text that the portal keeps is read in a moment', () => {
    for (const piece of ['[url=', '<a ', 'http://', '[', '<', '&']) {
      const started = performance.now()
      readNote(piece.repeat(20_000 / piece.length))
      expect(performance.now() - started, piece).toBeLessThan(1000)
    }
  })
})
