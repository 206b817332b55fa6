import { IconPhoneIncoming, IconPhoneOutgoing, IconPhoneX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Call } from '../api/types.ts'
import { Moment } from '../app/time.tsx'
import { outcomeOf, sentenceOf, wasAnswered } from '../calls/call-sentence.ts'
import { formatDuration, isoDuration } from '../calls/duration.ts'
import { RecordingPlayer } from '../calls/recording-player.tsx'
import { TranscriptPart } from '../calls/transcript-part.tsx'
import css from './timeline.module.css'

/** One call of the timeline: direction, how it ended, how long, who, recording, why. */
export function TimelineCall({ call, name }: { call: Call; name: string }) {
  const { t } = useTranslation()
  const outcome = outcomeOf(call)
  const answered = wasAnswered(call)
  const Icon = outcome && !answered ? IconPhoneX : call.direction === 'incoming' ? IconPhoneIncoming : IconPhoneOutgoing
  const isProvisional = call.closedByPortal && call.state === 'finished'
  const sentence = sentenceOf(call, formatDuration(call.durationSeconds))
  return (
    <article className={css.entry} data-call-id={call.callId} data-outcome={call.statusCode ?? undefined}>
      <span className={css.icon} data-tone={outcome === null ? 'live' : answered ? 'good' : 'bad'} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={css.words}>
        <div className={css.line}>
          <Link className={css.what} to="/calls/$callId" params={{ callId: call.callId }}>
            {t(`timeline.${call.direction}`)}
          </Link>
          <span className={css.outcome} data-tone={outcome === null ? 'live' : answered ? 'good' : 'bad'}>
            {outcome ? t(`call.outcome.${outcome}`) : t('timeline.underWay')}
            {answered && (
              <>
                {' · '}
                <time className="tabular" dateTime={isoDuration(call.durationSeconds)}>
                  {formatDuration(call.durationSeconds)}
                </time>
              </>
            )}
          </span>
          <span className={css.at}>
            <Moment at={call.startedAt} style="time" />
          </span>
        </div>
        <p className={css.by}>
          <span className="tabular">{call.display}</span> · {call.userName}
          {call.target && ` · ${t('timeline.via', { target: [call.target, call.line].filter(Boolean).join(' ') })}`}
          {call.callListId !== null && (
            <>
              {' · '}
              <Link to="/call-lists/$id" params={{ id: String(call.callListId) }}>
                {t('timeline.fromList')}
              </Link>
            </>
          )}
          {call.traceId !== null && (
            <>
              {' · '}
              <Link className={css.why} to="/traces/$id" params={{ id: String(call.traceId) }}>
                {t('call.why')}
              </Link>
            </>
          )}
        </p>
        {outcome !== null && !answered && sentence.key !== 'ended' && sentence.key !== 'finished' && (
          <p className={css.text}>{t(`call.sentence.${sentence.key}`, sentence.values)}</p>
        )}
        {sentence.refusal && <p className={css.text}>“{sentence.refusal}”</p>}
        {isProvisional && <p className={css.by}>{t('timeline.provisional')}</p>}
        {call.recordProblem !== null && <p className={css.text}>{t('call.recording.problem', { problem: call.recordProblem })}</p>}
        {call.recording && (
          <div className={css.player}>
            <RecordingPlayer recording={call.recording} label={t('call.recording.label', { name })} />
          </div>
        )}
        {call.hasTranscript && <TranscriptPart call={call} />}
      </div>
    </article>
  )
}
