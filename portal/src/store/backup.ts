import Database from 'better-sqlite3'

/**
 * Writes a whole, consistent copy of the SQLite file at `path` to the new file `copyPath`, while a portal may be at work on it: writers do not wait.
 * Throws when `copyPath` is there already.
 */
export function copySqlite(path: string, copyPath: string): void {
  const source = new Database(path, { readonly: true, fileMustExist: true })
  try {
    source.pragma('busy_timeout = 5000')
    source.prepare('vacuum into ?').run(copyPath)
  } finally {
    source.close()
  }
  const copy = new Database(copyPath, { readonly: true })
  try {
    const found = copy.pragma('quick_check', { simple: true })
    if (found !== 'ok') throw new Error(`the copy is damaged: ${String(found)}`)
  } finally {
    copy.close()
  }
}
