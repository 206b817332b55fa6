import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { parseSync, visitorKeys } from 'oxc-parser'
import type { Comment, Program } from 'oxc-parser'

/** One import of a file, type-only ones too: reading order does not care what the compiler erases. */
export interface Import {
  /** As written. */
  specifier: string
  /** Path from the root of the repository, where the specifier is relative. */
  target?: string
  line: number
}

/** A parsed file. */
export interface Source {
  /** From the root of the repository, with slashes. */
  path: string
  text: string
  program: Program
  comments: Comment[]
  imports: Import[]
}

/** A node of the tree, seen only as far as a walk needs. */
export interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** Parses one file. Throws if it is not TypeScript. */
export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text)
  const [error] = parsed.errors
  if (error) throw new Error(`${path} does not parse: ${error.message}`)
  const { staticImports, staticExports, dynamicImports } = parsed.module
  const requests = [
    ...staticImports.map((each) => ({ specifier: each.moduleRequest.value, start: each.start })),
    ...staticExports.flatMap((each) =>
      each.entries.flatMap((entry) => (entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, start: each.start }] : [])),
    ),
    ...dynamicImports.flatMap((each) => {
      const literal = /^['"`](.*)['"`]$/s.exec(text.slice(each.moduleRequest.start, each.moduleRequest.end))
      return literal?.[1] === undefined ? [] : [{ specifier: literal[1], start: each.start }]
    }),
  ]
  const imports = requests.map(({ specifier, start }): Import => {
    const line = lineOf(text, start)
    return specifier.startsWith('.') ? { specifier, target: join(dirname(path), specifier), line } : { specifier, line }
  })
  return { path, text, program: parsed.program, comments: parsed.comments, imports }
}

/** Reads every source file of the four workspaces, the tests and the scripts under `root`. */
export function readHouse(root: string): Source[] {
  const folders = '{portal,sdk,connector,web}/{src,bin}/**'
  const patterns = [`${folders}/*.{ts,tsx,mjs}`, 'test/**/*.ts', 'scripts/**/*.ts']
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }))
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

/** Calls `visit` with every node of the tree, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const children = node[key]
    for (const child of Array.isArray(children) ? children : [children]) if (child) walk(child as Node, visit)
  }
}

/** The number of the line, from 1, on which the character at `offset` stands. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
