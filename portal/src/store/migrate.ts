import { readdir, readFile } from 'node:fs/promises'
import type { Engine } from './engine.ts'

const folder = new URL('../../migrations/', import.meta.url)

/** Applies the migrations that this database does not have yet, each in its own transaction. Returns their names. */
export async function migrate(engine: Engine): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort()
  const applied: string[] = []
  for (const name of names) {
    if (await engine.migrate(name, await readFile(new URL(name, folder), 'utf8'))) applied.push(name)
  }
  return applied
}
