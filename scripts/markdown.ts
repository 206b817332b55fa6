/** A table of a Markdown page; nothing when it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), '']
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}

/** Literal text. */
export function code(text: string): string {
  return `\`${text}\``
}

/** `a, b or c` */
export function oneOf(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1) ?? ''}`
}

/** The anchor that a heading gets: its letters and digits, lower-case. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

/** A comment of the code as a reader of the pages needs it: the sources of the rules are not in the repository. */
export function forReaders(text: string): string {
  return text
    .replaceAll(/\s*\((?:see )?(?:contract|design)[^()]*\)/g, '')
    .replaceAll(/ of the contract(?: \([\d.]+\))?/g, '')
    .replaceAll(/,? \b(?:contract|design) \d[\d.]*/g, '')
}

/** A whole page, with the note that it is made. */
export function page(title: string, from: string, lines: readonly string[]): string {
  const note = `<!-- Made by npm run generate from ${from}. Do not edit. -->`
  return [note, '', `# ${title}`, '', ...lines].join('\n').trimEnd() + '\n'
}
