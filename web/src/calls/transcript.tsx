import { useTranslation } from 'react-i18next'
import type { Call, Transcript as TranscriptData } from '../api/types.ts'
import { formatDuration, isoDuration } from './duration.ts'
import css from './transcript.module.css'

/** What was said, as a conversation: the employee at the right, the customer at the left. */
export function Transcript({ transcript, call }: { transcript: TranscriptData; call: Pick<Call, 'userName' | 'entity' | 'display'> }) {
  const { t } = useTranslation()
  const customer = call.entity?.title ?? call.display
  return (
    <ol className={css.lines} aria-label={t('call.transcript.title')} data-transcript>
      {transcript.lines.map((line, index) => (
        // the lines of a transcript are replaced as a whole
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index} className={css.line} data-side={line.side}>
          <span className={css.who}>
            {line.side === 'user' ? call.userName : customer}
            <time className="tabular" dateTime={isoDuration(line.startSeconds)}>
              {formatDuration(line.startSeconds)}
            </time>
          </span>
          <p className={css.text}>{line.text}</p>
        </li>
      ))}
    </ol>
  )
}
