/**
 * `npm run generate` writes the files that are made from others, `npm run generate:check` fails if one of them is stale.
 * To make another file, add a row to `generators`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { format } from 'oxfmt'
import { describeLaw } from './describe-law.ts'

const root = join(import.meta.dirname, '..')

/** Makes one or more files. What it makes depends on nothing but the tree: no time, no machine, no network. */
interface Generator {
  /** What it is made from, for the person who finds it stale. */
  from: string
  /** Returns path from the root → text. Code may come as it likes: it is formatted afterwards. */
  make(): Record<string, string> | Promise<Record<string, string>>
}

const generators: Generator[] = [
  { from: 'test/law/law.ts', make: () => ({ 'ARCHITECTURE.md': fillSection('ARCHITECTURE.md', 'import-law', describeLaw()) }) },
  { from: 'docs/decisions/*.md', make: () => ({ 'docs/decisions/README.md': listDecisions() }) },
]

/** Puts `text` between the two comments that name the section in a file that people write. */
function fillSection(path: string, section: string, text: string): string {
  const [open, close] = [`<!-- generated: ${section} -->`, `<!-- end: ${section} -->`]
  const whole = readFileSync(join(root, path), 'utf8')
  const [start, end] = [whole.indexOf(open), whole.indexOf(close)]
  if (start === -1 || end < start) throw new Error(`${path} has no section between ${open} and ${close}`)
  return `${whole.slice(0, start + open.length)}\n${text}\n${whole.slice(end)}`
}

function listDecisions(): string {
  const rows = globSync('docs/decisions/[0-9]*.md', { cwd: root })
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const title = /^# (.+)$/m.exec(text)?.[1]
      const status = /^- Status: (.+)$/m.exec(text)?.[1]
      const date = /^- Date: (.+)$/m.exec(text)?.[1]
      if (!title || !status || !date) throw new Error(`${path} lacks its title, its "- Date:" or its "- Status:"`)
      return `| [${title}](${basename(path)}) | ${status} | ${date} |`
    })
  const head = ['# Decisions', '', 'One page each. A decision is superseded by a later one, not edited.', '']
  return [...head, '| Decision | Status | Date |', '|---|---|---|', ...rows, ''].join('\n')
}

/** Formats code as `oxfmt` would find it right; other text stays as it is. */
async function tidy(path: string, text: string): Promise<string> {
  if (!/\.(tsx?|json)$/.test(path)) return text
  const {
    $schema: _,
    ignorePatterns: __,
    ...options
  } = JSON.parse(readFileSync(join(root, '.oxfmtrc.json'), 'utf8')) as Record<string, unknown>
  const { code, errors } = await format(basename(path), text, options)
  const [error] = errors
  if (error) throw new Error(`${path} cannot be formatted: ${error.message}`)
  return code
}

async function main(): Promise<void> {
  const check = process.argv.includes('--check')
  let stale = 0
  for (const { from, make } of generators) {
    for (const [path, text] of Object.entries(await make())) {
      const file = join(root, path)
      const fresh = await tidy(path, text)
      if (existsSync(file) && readFileSync(file, 'utf8') === fresh) continue
      stale += 1
      if (check) {
        console.log(`${path} is stale: it is made from ${from}. Run: npm run generate`)
        continue
      }
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, fresh)
      console.log(`wrote ${path}`)
    }
  }
  process.exitCode = check && stale > 0 ? 1 : 0
}

await main()
