/** A piece of a note: text, and where it leads when it is a link. */
export interface NotePiece {
  readonly text: string
  /** an http or https address; everything else is only text */
  readonly href: string | null
}

const bbNames =
  'b|i|u|s|br|url|user|chat|call|send|put|quote|code|color|size|icon|img|list|p|table|tr|td|center|left|right|font|disk|context|timestamp|\\*'
const htmlNames =
  'a|b|i|u|s|br|p|div|span|strong|em|small|ul|ol|li|h[1-6]|font|img|table|tr|td|th|tbody|thead|script|style|iframe|svg|object|embed|form|input|button|video|audio|link|meta|base|body|html|head'
// the lengths are bounded: an app's text must not keep the page busy
const mark = new RegExp(
  `\\[(/?)(${bbNames})(?:=([^\\]]{0,2048}))?\\]|<(/?)(${htmlNames})(\\s[^>]{0,2048})?/?>|(https?://[^\\s<>"'\\[\\]]{1,2048})`,
  'gi',
)
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'" }

/**
 * The text of a note, which an app wrote with BB codes or HTML (`[b]`, `[url=…]`, `<a href>`, `<br>`): plain text and links. Nothing of it is
 * ever markup of the page.
 */
export function readNote(message: string): NotePiece[] {
  const pieces: NotePiece[] = []
  let link: { href: string | null; isFromText: boolean } | null = null
  let end = 0
  const add = (text: string, href: string | null): void => {
    const last = pieces.at(-1)
    if (text === '') return
    if (last && last.href === href) pieces[pieces.length - 1] = { text: last.text + text, href }
    else pieces.push({ text, href })
  }
  const addText = (raw: string): void => {
    const text = decodeEntities(raw)
    add(text, link ? (link.isFromText ? readAddress(text) : link.href) : null)
  }
  for (const found of message.matchAll(mark)) {
    const [whole, bbEnd, bbName, bbValue, htmlEnd, htmlName, attributes, address] = found
    addText(message.slice(end, found.index))
    end = found.index + whole.length
    if (address !== undefined) {
      const trimmed = address.replace(/[.,;:!?)]+$/, '')
      add(decodeEntities(trimmed), link && !link.isFromText ? link.href : readAddress(decodeEntities(trimmed)))
      end -= address.length - trimmed.length
      continue
    }
    const name = (bbName ?? htmlName ?? '').toLowerCase()
    const isEnd = (bbEnd ?? htmlEnd) === '/'
    if (name === 'br' || ((name === 'p' || name === 'div' || name === 'li') && isEnd)) add('\n', null)
    if (name === 'url') link = isEnd ? null : { href: readAddress(bbValue ?? ''), isFromText: bbValue === undefined }
    if (name === 'a') link = isEnd ? null : { href: readAddress(hrefOf(attributes ?? '')), isFromText: false }
  }
  addText(message.slice(end))
  return pieces
}

function hrefOf(attributes: string): string {
  return decodeEntities(
    /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))/i
      .exec(attributes)
      ?.slice(1)
      .find((value) => value !== undefined) ?? '',
  )
}

/** An address that may be followed, or null: no scripts, no data, no relative paths. */
function readAddress(text: string): string | null {
  try {
    const url = new URL(text.trim().replace(/^["']|["']$/g, ''))
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '' ? url.href : null
  } catch {
    return null
  }
}

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp|#39);/g, (_, name: string) => entities[name] ?? '')
}
