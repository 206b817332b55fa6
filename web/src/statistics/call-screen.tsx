import { Button } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf } from '../api/portal.ts'
import { callQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { formatMoney } from '../app/format.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { Moment } from '../app/time.tsx'
import { outcomeOf, wasAnswered } from '../calls/call-sentence.ts'
import { formatDuration } from '../calls/duration.ts'
import { PhoneChip } from '../calls/phone-chip.tsx'
import { RecordingPlayer } from '../calls/recording-player.tsx'
import { TranscriptPart } from '../calls/transcript-part.tsx'
import css from './call-screen.module.css'

/** One call: who, how it ended, what it cost, its recording and what was said. */
export function CallScreen() {
  const { t } = useTranslation()
  const { callId } = useParams({ from: '/home/calls/$callId' })
  const call = useQuery(callQuery(callId))
  if (call.isPending) return <Waiting text={t('wait.page')} />
  if (call.isError) return <Failure error={call.error} onRetry={() => void call.refetch()} />
  const { data } = call
  const name = data.entity?.title ?? data.display
  return (
    <>
      <PageHead
        title={t('callPage.title', { name })}
        back={{ to: '/calls', label: t('history.title') }}
        below={
          <>
            {t(`call.direction.${data.direction}`)} · <Outcome call={data} />
          </>
        }
      >
        {data.entity && (
          <Button component={Link} variant="default" to={`/${collectionOf[data.entity.kind]}/${data.entity.id}`}>
            {t(`call.card.open.${data.entity.kind}`)}
          </Button>
        )}
        {data.traceId !== null && (
          <Button component={Link} variant="default" to={`/traces/${data.traceId}`}>
            {t('callPage.trace')}
          </Button>
        )}
      </PageHead>
      <div className={css.columns}>
        <CallFacts call={data} />
        <section className={css.said} aria-label={t('callPage.said')}>
          {data.recording && <RecordingPlayer recording={data.recording} label={t('call.recording.label', { name })} />}
          {data.recordProblem !== null && <Notice kind="caution">{t('call.recording.problem', { problem: data.recordProblem })}</Notice>}
          {data.hasTranscript && <TranscriptPart call={data} isOpen />}
          {!data.recording && !data.hasTranscript && data.recordProblem === null && <p className="quiet">{t('callPage.nothing')}</p>}
        </section>
      </div>
    </>
  )
}

/** How it ended, and how long they talked. */
function Outcome({ call }: { call: Call }) {
  const { t } = useTranslation()
  const outcome = outcomeOf(call)
  if (!outcome) return t('history.openCall')
  return (
    <>
      {t(`call.outcome.${outcome}`)}
      {wasAnswered(call) && `, ${formatDuration(call.durationSeconds)}`}
    </>
  )
}

function CallFacts({ call }: { call: Call }) {
  const { t, i18n } = useTranslation()
  return (
    <dl className={css.facts}>
      <Fact name={t('history.number')}>
        <PhoneChip number={call.number} display={call.display} entity={call.entity} callListId={call.callListId} />
      </Fact>
      <Fact name={t('history.who')}>{call.userName}</Fact>
      {call.responsible && <Fact name={t('card.responsible')}>{call.responsible.name}</Fact>}
      <Fact name={t('history.when')}>
        <Moment at={call.startedAt} />
      </Fact>
      {wasAnswered(call) && <Fact name={t('history.duration')}>{formatDuration(call.durationSeconds)}</Fact>}
      {call.statusCode !== null && (
        <Fact name={t('callPage.code')}>
          <span className="tabular">{call.statusCode}</span>
          {call.failedReason && ` · ${call.failedReason}`}
        </Fact>
      )}
      {(call.target || call.line) && <Fact name={t('callPage.through')}>{[call.target, call.line].filter(Boolean).join(' · ')}</Fact>}
      {call.vote !== null && (
        <Fact name={t('callPage.vote')}>
          <span className={css.vote} role="img" aria-label={t('callPage.voteOf', { vote: call.vote })}>
            {Array.from({ length: call.vote }, (_, index) => (
              <IconStarFilled key={index} size={14} aria-hidden />
            ))}
            <span className="tabular">{call.vote}/5</span>
          </span>
        </Fact>
      )}
      {call.cost > 0 && <Fact name={t('callPage.cost')}>{formatMoney(i18n.language, call.cost, call.costCurrency)}</Fact>}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
