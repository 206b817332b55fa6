import { emptyNames, engineChoosers, engineWords, kernel, methodsReader, portalLayers, storeFolder, workspaceImports } from './law.ts'
import { lineOf, walk } from './source.ts'
import type { Node, Source } from './source.ts'

/** A breach of the law, as `path:line: what is wrong`. */
export type Breach = string

/** A rule looks at the whole house and returns its breaches. */
export type Rule = (house: Source[]) => Breach[]

const workspaces = Object.keys(workspaceImports)

/** In `portal/src` imports point downwards through the layers; a part that the table does not know is a breach too. */
export const importsPointDown: Rule = (house) =>
  shipped(house, 'portal').flatMap((file) => {
    const from = partOf(file.path)
    if (!from) return []
    const level = levelOf(from)
    if (level === undefined) return [`${file.path}:1: "${from}" has no place in test/law/law.ts`]
    return file.imports.flatMap(({ target, line }) => {
      const to = target === undefined ? undefined : partOf(target)
      if (!to || to === from || (kernel.includes(from) && kernel.includes(to))) return []
      const below = levelOf(to)
      return below !== undefined && below < level ? [] : [`${file.path}:${line}: ${from} must not import ${to}`]
    })
  })

/** A workspace reaches another one by its package name only, and only those of the table. */
export const workspacesKeepApart: Rule = (house) =>
  workspaces.flatMap((workspace) =>
    shipped(house, workspace).flatMap((file) =>
      file.imports.flatMap(({ specifier, target, line }) => {
        const where = `${file.path}:${line}:`
        if (target !== undefined) return target.startsWith(`${workspace}/`) ? [] : [`${where} ${specifier} leaves ${workspace}/`]
        if (!specifier.startsWith('@hookswitch/')) return []
        const allowed = workspaceImports[workspace]?.some((name) => specifier === name || specifier.startsWith(`${name}/`))
        return allowed ? [] : [`${where} ${workspace} must not import ${specifier}`]
      }),
    ),
  )

/** Only the composition root knows the methods. */
export const methodsHaveOneReader: Rule = (house) =>
  shipped(house, 'portal').flatMap((file) =>
    file.imports
      .filter(({ target }) => target?.endsWith('/methods.ts') && file.path !== methodsReader)
      .map(({ specifier, line }) => `${file.path}:${line}: only ${methodsReader} imports ${specifier}`),
  )

/** No file reaches itself through its imports. Each ring is told once, from its first file. */
export const noCycles: Rule = (house) => {
  const known = new Map(workspaces.flatMap((workspace) => shipped(house, workspace)).map((file) => [file.path, file]))
  const state = new Map<string, 'open' | 'done'>()
  const breaches: Breach[] = []
  const follow = (path: string, trail: string[]): void => {
    const file = known.get(path)
    if (!file || state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      breaches.push(`${path}:1: imports itself: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`)
      return
    }
    state.set(path, 'open')
    for (const { target } of file.imports) if (target !== undefined) follow(target, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of known.keys()) follow(path, [])
  return breaches
}

/** Inside the portal a path names what is in it; a barrel names nothing. */
export const noBarrels: Rule = (house) =>
  house.filter(({ path }) => /^portal\/(.*\/)?index\.tsx?$/.test(path)).map(({ path }) => `${path}:1: no barrel inside portal/`)

/** The differences between the engines have one home. */
export const enginesStayInStore: Rule = (house) =>
  shipped(house, 'portal').flatMap((file) => {
    if (file.path.startsWith(storeFolder) || engineChoosers.includes(file.path)) return []
    const breaches = file.imports
      .filter(({ specifier }) => has(engineWords.packages, specifier))
      .map(({ specifier, line }) => `${file.path}:${line}: only the store imports ${specifier}`)
    walk(file.program as unknown as Node, (node) => {
      const word = engineWordOf(node)
      if (word) breaches.push(`${file.path}:${lineOf(file.text, node.start)}: "${word}" belongs in ${storeFolder}`)
    })
    return breaches
  })

function engineWordOf(node: Node): string | undefined {
  const { name, value, quasi, tag } = node as { name?: unknown; value?: unknown; quasi?: Node; tag?: Node }
  if (node.type === 'Identifier' && has(engineWords.names, name)) return name
  if (node.type === 'Literal' && has(engineWords.literals, value)) return value
  if (node.type !== 'TaggedTemplateExpression' || (tag as { name?: unknown }).name !== 'sql') return undefined
  const texts = (quasi as unknown as { quasis: { value: { raw: string } }[] }).quasis
  return texts.map((text) => engineWords.sql.exec(text.value.raw)?.[0]).find((found) => found !== undefined)
}

/** A file's name says what is inside. */
export const namesSaySomething: Rule = (house) =>
  house.flatMap(({ path }) => {
    const words = path.toLowerCase().split(/[/.\-_]/)
    const empty = words.find((word) => emptyNames.some((name) => word === name || word === `${name}s`))
    return empty === undefined ? [] : [`${path}:1: "${empty}" says nothing about what is inside`]
  })

/** Whatever leaves a file of a workspace carries a comment that says what its signature cannot. */
export const exportsAreDocumented: Rule = (house) =>
  workspaces
    .flatMap((workspace) => shipped(house, workspace))
    .flatMap((file) => {
      const body = file.program.body as unknown as Node[]
      const documented = new Set<string>()
      const missing = new Map<string, number>()
      for (const statement of body) {
        const inner = (statement['declaration'] ?? statement) as Node
        const hasDoc = endsWithDoc(file, statement.start)
        const names = declaredNames(inner)
        if (hasDoc) for (const name of names) documented.add(name)
        for (const name of exportedNames(statement, names)) missing.set(name, missing.get(name) ?? statement.start)
      }
      return [...missing]
        .filter(([name]) => !documented.has(name))
        .map(([name, start]) => `${file.path}:${lineOf(file.text, start)}: ${name} is exported without a doc comment`)
    })

/** Does the text before `start` end with a doc comment? */
function endsWithDoc(file: Source, start: number): boolean {
  const comment = file.comments.findLast(({ end }) => end <= start)
  if (!comment || comment.type !== 'Block' || !comment.value.startsWith('*')) return false
  return file.text.slice(comment.end, start).trim() === ''
}

function declaredNames(declaration: Node): string[] {
  const { id, declarations } = declaration as { id?: { name?: string } | null; declarations?: { id: Node }[] }
  if (declarations) return declarations.flatMap(({ id: pattern }) => boundNames(pattern))
  return id?.name ? [id.name] : []
}

function boundNames(pattern: Node): string[] {
  const names: string[] = []
  walk(pattern, (node) => {
    if (node.type === 'Identifier') names.push(node['name'] as string)
  })
  return names
}

function exportedNames(statement: Node, declared: string[]): string[] {
  if (statement.type === 'ExportDefaultDeclaration') return declared
  if (statement.type !== 'ExportNamedDeclaration' || statement['source']) return []
  if (statement['declaration']) return declared
  const specifiers = statement['specifiers'] as { local: { name?: string } }[]
  return specifiers.flatMap(({ local }) => (local.name ? [local.name] : []))
}

/** The files of a workspace that are shipped: its sources without their tests. */
function shipped(house: Source[], workspace: string): Source[] {
  return house.filter(({ path }) => path.startsWith(`${workspace}/src/`) && !/\.test\.tsx?$/.test(path))
}

/** `portal/src/telephony/calls.ts` is a file of the part `telephony`, `portal/src/log.ts` is the part `log`. */
function partOf(path: string): string | undefined {
  return /^portal\/src\/([^/]+?)(\.tsx?)?(\/|$)/.exec(path)?.[1]
}

function levelOf(part: string): number | undefined {
  const level = portalLayers.findIndex(({ parts }) => parts.includes(part))
  return level === -1 ? undefined : level
}

function has(words: readonly string[], word: unknown): word is string {
  return typeof word === 'string' && words.includes(word)
}
