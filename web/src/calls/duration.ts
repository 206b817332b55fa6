/** Talking time as a phone shows it: `0:07`, `12:42`, `1:03:09`. Never negative, whatever two clocks say. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** The same as `datetime` of a <time> element. */
export function isoDuration(seconds: number): string {
  return `PT${Math.max(0, Math.floor(seconds))}S`
}

/** Milliseconds of an attempt or a step, in the reader's language: `8 ms`, `1.24 sec`, `12.0 sec`, `3:43`. */
export function formatMilliseconds(ms: number, language = 'en'): string {
  if (ms >= 60_000) return formatDuration(ms / 1000)
  const [value, unit, digits]: [number, string, number] =
    ms < 1000 ? [Math.max(0, ms), 'millisecond', 0] : [ms / 1000, 'second', ms < 10_000 ? 2 : 1]
  return new Intl.NumberFormat(language, { style: 'unit', unit, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  )
}
