/** Writes one line. `fields` go along as JSON; they never hold tokens. */
export type Log = (level: 'info' | 'warn' | 'error', text: string, fields?: Readonly<Record<string, unknown>>) => void

/** A log that writes lines such as `2026-01-31T10:00:00.000Z warn the portal does not answer {"callId":"…"}`. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, text, fields) => {
    const rest = fields ? ` ${JSON.stringify(fields)}` : ''
    write(`${new Date(now()).toISOString()} ${level} ${text}${rest}\n`)
  }
}

/** The words of anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
