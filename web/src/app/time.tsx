import { useTranslation } from 'react-i18next'
import { useNow } from './now.ts'
import { formatAgo, formatMoment, formatShort, formatTime } from './format.ts'

/** A moment: short on the page, exact on hover. */
export function Moment({ at, style = 'short' }: { at: number; style?: 'short' | 'time' | 'ago' | 'exact' }) {
  const { i18n } = useTranslation()
  const language = i18n.language
  const exact = formatMoment(language, at)
  const now = useNow()
  const text =
    style === 'exact'
      ? exact
      : style === 'time'
        ? formatTime(language, at)
        : style === 'ago'
          ? formatAgo(language, at, now)
          : formatShort(language, at, now)
  return (
    <time className="tabular" dateTime={new Date(at).toISOString()} title={exact} style={{ whiteSpace: 'nowrap' }}>
      {text}
    </time>
  )
}
