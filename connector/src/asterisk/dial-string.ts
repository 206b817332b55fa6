/**
 * Dial strings are made of a template and of values. An `&` in one would ring a second phone, an `@` another trunk, a `,` or `|` another
 * option: toll fraud (pbx 7). So templates are checked when they are read, and values before they are put in; there is no escaping.
 *
 * @module
 */

/** What may stand in braces in a template, and what its values are made of. */
const PLACEHOLDERS = {
  /** the agent's extension */
  extension: /^\d{1,20}$/,
  /** as the portal gave it, with its plus */
  number: /^\+?[0-9*#]{1,20}$/,
  /** without the plus */
  digits: /^[0-9*#]{1,20}$/,
} as const

/** Name of a placeholder. */
export type Placeholder = keyof typeof PLACEHOLDERS

const TEMPLATE = /^[A-Za-z][A-Za-z0-9_]*\/[A-Za-z0-9_.:+*#@/{}-]+$/

/** Why a template cannot be used, for the person who wrote it, or `undefined` if it can. It must hold one of `needed`, if there are any. */
export function problemOfTemplate(template: string, needed: readonly Placeholder[]): string | undefined {
  if (!TEMPLATE.test(template)) {
    return `“${template}” is no dial template: a technology, a slash and a target without spaces, commas or “&”, such as PJSIP/{number}@trunk`
  }
  const used = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '')
  const unknown = used.find((name) => !Object.hasOwn(PLACEHOLDERS, name))
  if (unknown !== undefined || /[{}]/.test(template.replaceAll(/\{[^{}]*\}/g, '')))
    return `“${template}”: only ${Object.keys(PLACEHOLDERS)
      .map((name) => `{${name}}`)
      .join(', ')} may stand in braces`
  if (needed.length > 0 && !needed.some((name) => used.includes(name)))
    return `“${template}” needs ${needed.map((name) => `{${name}}`).join(' or ')}`
  return undefined
}

/** Fills a template that was checked. Throws on a value that is not what its placeholder takes: nothing else gets into a dial string. */
export function fillTemplate(template: string, values: { readonly extension: string; readonly number: string }): string {
  const given: Readonly<Record<string, string>> = { ...values, digits: values.number.replace(/^\+/, '') }
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name] ?? ''
    if (!Object.hasOwn(PLACEHOLDERS, name) || !PLACEHOLDERS[name as Placeholder].test(value)) {
      throw new Error(`“${value}” cannot stand in a dial string as {${name}}`)
    }
    return value
  })
}

/** `PJSIP/101` or `PJSIP/101@phones` → technology and resource that `GET /endpoints` knows; `undefined` for `Local/` and what has none. */
export function endpointOf(dialString: string): { readonly tech: string; readonly resource: string } | undefined {
  const [, tech = '', resource = ''] = /^(PJSIP|SIP|IAX2)\/([^@/]+)$/.exec(dialString) ?? []
  return tech ? { tech, resource } : undefined
}

/** The trunk that `PJSIP/{number}@trunk` goes out by; `undefined` for what the dialplan decides, and for what names an address itself. */
export function trunkOf(dialString: string): string | undefined {
  return /^PJSIP\/[^@/]+@([^@/]+)$/.exec(dialString)?.[1]
}

/** A caller id for Asterisk, `"Name" <number>`. The name is for displays; what could end or continue the quoted part is left out. */
export function callerIdOf(name: string, number: string): string {
  const safeName = name
    .replaceAll(/[\p{Cc}"\\<>]/gu, ' ')
    .trim()
    .slice(0, 60)
  const safeNumber = number.replaceAll(/[^0-9+*#A-Za-z._-]/g, '')
  return safeName ? `"${safeName}" <${safeNumber}>` : `<${safeNumber}>`
}
