/**
 * `npm run generate` writes the files that are made from others, `npm run generate:check` fails if one of them is stale.
 * To make another file, add a row to `generators`.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { format } from 'oxfmt'
import { commands } from '../portal/src/cli/commands.ts'
import { eventCatalogue } from '../portal/src/portal.ts'
import { describeScale } from '../test/bench/scale.ts'
import { describeApi } from './describe-api.ts'
import { describeCommandLine } from './describe-command-line.ts'
import { describeCompatibility, type Proved } from './describe-compatibility.ts'
import { describeErrors } from './describe-errors.ts'
import { describeEvents } from './describe-events.ts'
import { describeLaw } from './describe-law.ts'
import { readDeclared, type Declared } from './describe-portal.ts'
import { describeRest } from './describe-rest.ts'
import { describeSdk } from './describe-sdk.ts'
import { describeSettings } from './describe-settings.ts'

const root = join(import.meta.dirname, '..')

/** Makes one or more files. What it makes depends on nothing but the tree: no time, no machine, no network. */
interface Generator {
  /** What it is made from, for the person who finds it stale. */
  from: string
  /** Files that nobody else makes: those that it does not make any more are removed. */
  owns?: string
  /** Returns path from the root → text. Code may come as it likes: it is formatted afterwards. */
  make(declared: Declared): Record<string, string>
}

const generators: Generator[] = [
  { from: 'test/law/law.ts', make: () => ({ 'ARCHITECTURE.md': fillSection('ARCHITECTURE.md', 'import-law', describeLaw()) }) },
  {
    from: 'test/bench/scale.ts',
    make: () => ({ 'docs/explanation/scale.md': fillSection('docs/explanation/scale.md', 'simulation', describeScale()) }),
  },
  { from: 'docs/decisions/*.md', make: () => ({ 'docs/decisions/README.md': listDecisions() }) },
  { from: "the rows of the areas' methods.ts", owns: 'docs/reference/rest/*', make: ({ methods }) => describeRest(methods) },
  { from: "the rows of the areas' methods.ts", make: ({ methods }) => ({ 'sdk/src/method-params.ts': describeSdk(methods) }) },
  { from: "the declarations in the areas' events.ts", make: () => ({ 'docs/reference/events.md': describeEvents(eventCatalogue()) }) },
  {
    from: 'the rows of the portal, scripts/original-names.ts and test/proofs/proved.json',
    make: ({ methods }) => ({
      'COMPATIBILITY.md': describeCompatibility({
        methods,
        events: eventCatalogue(),
        proved: JSON.parse(readFileSync(join(root, 'test/proofs/proved.json'), 'utf8')) as Proved,
      }),
    }),
  },
  { from: 'portal/src/errors.ts', make: ({ methods }) => ({ 'docs/reference/errors.md': describeErrors(root, methods) }) },
  { from: 'portal/src/config.ts', make: () => ({ 'docs/reference/settings.md': describeSettings(root) }) },
  { from: 'portal/src/cli/commands.ts', make: () => ({ 'docs/reference/command-line.md': describeCommandLine(commands()) }) },
  { from: 'the routes in portal/src/http/api and their schemas.ts', make: ({ routes }) => describeApi(root, routes) },
  { from: 'portal/migrations/*.sql', make: ({ sqliteSchema }) => ({ 'portal/migrations/schema.sqlite.sql': sqliteSchema }) },
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

/** Returns the path from the root → text of everything that is made; `null` for a file that has to go. */
async function makeAll(): Promise<Array<{ path: string; text: string | null; from: string }>> {
  const declared = await readDeclared()
  return generators.flatMap(({ from, owns, make }) => {
    const made = Object.entries(make(declared)).map(([path, text]) => ({ path, text, from }))
    const known = new Set(made.map(({ path }) => path))
    const left = owns ? globSync(owns, { cwd: root }).filter((path) => !known.has(path)) : []
    return [...made, ...left.map((path) => ({ path, text: null, from }))]
  })
}

async function main(): Promise<void> {
  const check = process.argv.includes('--check')
  let stale = 0
  for (const { path, text, from } of await makeAll()) {
    const file = join(root, path)
    const fresh = text === null ? null : await tidy(path, text)
    if (existsSync(file) && readFileSync(file, 'utf8') === fresh) continue
    stale += 1
    if (check) {
      console.log(`${path} is stale: it is made from ${from}. Run: npm run generate`)
      continue
    }
    if (fresh === null) rmSync(file)
    else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, fresh)
    }
    console.log(`${fresh === null ? 'removed' : 'wrote'} ${path}`)
  }
  process.exitCode = check && stale > 0 ? 1 : 0
}

await main()
