/** A name and its value, both decoded. */
export interface BodyPair {
  name: string
  value: string
}

/**
 * A form body (`data%5BCALL_ID%5D=…`) as its pairs, in order and decoded; null when the body is no form. A plus is a
 * space, a broken percent sign stays as it is.
 */
export function readFormBody(body: string): BodyPair[] | null {
  if (body === '' || /^\s*[[{<]/.test(body) || !body.includes('=')) return null
  return body.split('&').map((part) => {
    const equals = part.indexOf('=')
    return equals === -1
      ? { name: decode(part), value: '' }
      : { name: decode(part.slice(0, equals)), value: decode(part.slice(equals + 1)) }
  })
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** JSON with indents; anything else as it is. */
export function prettyBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
