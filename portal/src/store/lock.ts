import { join } from 'node:path'
import Database from 'better-sqlite3'

/**
 * Keeps a second portal process off a data folder: recovery takes everything under way for abandoned, so there must be one.
 * The lock is SQLite's own on a file beside the data and ends with the process, however it ends. Returns its release, or null when
 * another process has it.
 */
export function lockFolder(dataDir: string): (() => void) | null {
  const db = new Database(join(dataDir, 'portal.lock'))
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('begin exclusive')
    return () => db.close()
  } catch (error) {
    db.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return null
    throw error
  }
}
