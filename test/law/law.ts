/**
 * The law of the house as a table. `rules.ts` executes it, `house.test.ts` holds the tree to it and
 * `npm run generate` prints it into ARCHITECTURE.md, so this is the only place where it is written.
 */

/** A layer may import itself (a part only its own files), every layer above it in the list, and packages. */
export interface Layer {
  /** Parts on one layer do not import each other. */
  parts: readonly string[]
}

/** The layers of `portal/src`, lowest first. A part is a folder, or a file without its ending. */
export const portalLayers: readonly Layer[] = [
  { parts: ['errors', 'caller', 'clock', 'config', 'log', 'states'] },
  { parts: ['store', 'rest', 'delivery'] },
  { parts: ['events'] },
  { parts: ['directory'] },
  { parts: ['apps', 'crm'] },
  { parts: ['telephony'] },
  { parts: ['http'] },
  { parts: ['portal'] },
  { parts: ['cli'] },
  { parts: ['main'] },
]

/** The parts of the lowest layer belong together and may import each other. */
export const kernel: readonly string[] = portalLayers[0]?.parts ?? []

/** What a workspace may import of the other workspaces, by package name. No relative path leaves a workspace. */
export const workspaceImports: Readonly<Record<string, readonly string[]>> = {
  portal: [],
  sdk: [],
  connector: ['@hookswitch/sdk'],
  web: ['@hookswitch/sdk'],
}

/** `methods.ts` of an area is for this file alone. */
export const methodsReader = 'portal/src/portal.ts'

/** Whatever differs between SQLite and PostgreSQL stands in this folder. */
export const storeFolder = 'portal/src/store/'

/** Files beside the store that may name an engine, because a person chooses it there. */
export const engineChoosers: readonly string[] = ['portal/src/config.ts']

/** Packages, names in code and words of SQL that only the store may use. */
export const engineWords = {
  packages: ['better-sqlite3', 'node:sqlite', 'pg'],
  names: ['SqliteDialect', 'PostgresDialect', 'skipLocked', 'ilike'],
  literals: ['sqlite', 'postgres', 'postgresql'],
  sql: /\b(ilike|lower\s*\(|upper\s*\(|skip\s+locked|for\s+update|pragma|listen|notify)\b/i,
} as const

/** Words that say nothing about what is inside a file. */
export const emptyNames: readonly string[] = ['service', 'manager', 'helper', 'util', 'common', 'base', 'impl', 'processor']
