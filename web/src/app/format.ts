/** Dates and numbers as people of the given language write them. Formatters are costly to make, so each is made once. */
const made = new Map<string, Intl.DateTimeFormat>()

function formatter(language: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`
  const known = made.get(key)
  if (known) return known
  const fresh = new Intl.DateTimeFormat(language === 'en' ? navigatorEnglish() : language, options)
  made.set(key, fresh)
  return fresh
}

/** English has many date orders; the browser's own English is the person's. */
function navigatorEnglish(): string {
  return (typeof navigator === 'undefined' ? [] : navigator.languages).find((tag) => tag.startsWith('en')) ?? 'en'
}

/** "7:52 PM". */
export const formatTime = (language: string, at: number) => formatter(language, 'time', { hour: 'numeric', minute: '2-digit' }).format(at)
/** "7:52:00 PM". */
export const formatTimeWithSeconds = (language: string, at: number) =>
  formatter(language, 'seconds', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(at)
/** "Nov 22, 2026". */
export const formatDay = (language: string, at: number) =>
  formatter(language, 'day', { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
/** "Nov 22, 2026, 7:52:00 PM". */
export const formatMoment = (language: string, at: number) =>
  formatter(language, 'moment', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
/** "1,204". */
export const formatCount = (language: string, count: number) => new Intl.NumberFormat(language).format(count)

/** "$1.25"; "1.25" without a currency, or with one that is not known. */
export function formatMoney(language: string, amount: number, currency: string): string {
  if (/^[A-Z]{3}$/.test(currency)) return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount)
  return [new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(amount), currency].filter(Boolean).join(' ')
}

/** Day as one says it: "Today", "Yesterday", "Mon, 3 Nov", "3 Nov 2025". */
export function formatNearDay(language: string, at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000)
  if (days === 0 || days === 1) return capitalised(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'))
  if (new Date(at).getFullYear() === new Date(now).getFullYear())
    return capitalised(formatter(language, 'weekday', { weekday: 'short', day: 'numeric', month: 'short' }).format(at))
  return formatDay(language, at)
}

/** The shortest that is still clear: the time for today, the day for this year, else the date. */
export function formatShort(language: string, at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return formatTime(language, at)
  if (new Date(at).getFullYear() === new Date(now).getFullYear())
    return formatter(language, 'monthday', { day: 'numeric', month: 'short' }).format(at)
  return formatDay(language, at)
}

/** "3 minutes ago", "yesterday", "2 weeks ago". */
export function formatAgo(language: string, at: number, now: number): string {
  const seconds = Math.min(0, Math.round((at - now) / 1000))
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, size] of agoUnits) if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  return relative.format(0, 'second')
}

const agoUnits = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
