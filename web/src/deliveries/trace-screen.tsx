import {
  IconArrowsSplit,
  IconClick,
  IconCircleDot,
  IconDatabase,
  IconFlag,
  IconPhone,
  IconRefresh,
  IconSend,
  IconTarget,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { traceQuery } from '../api/queries.ts'
import type { DeliveryState, Trace, TraceStep } from '../api/types.ts'
import { formatTimeWithSeconds } from '../app/format.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import { outcomeOfCode } from '../calls/call-sentence.ts'
import { formatDuration, formatMilliseconds } from '../calls/duration.ts'
import { useReasonText } from './delivery-words.tsx'
import css from './trace.module.css'
import { stepWordsOf, verdictWordsOf, type TraceWords } from './trace-words.ts'

const icons: readonly (readonly [RegExp, typeof IconClick])[] = [
  [/click/, IconClick],
  [/number|normal/, IconArrowsSplit],
  [/target/, IconTarget],
  [/regist|store|call\.created/, IconDatabase],
  [/retry|replay/, IconRefresh],
  [/deliver|attempt|send/, IconSend],
  [/finish|close|end|hang/, IconFlag],
  [/leg|ring|talk|answer|progress|state|call/, IconPhone],
]

/** From the click to the hang-up: what happened, when, and in one sentence why. */
export function TraceScreen() {
  const { t } = useTranslation()
  const { user } = useSession()
  const id = Number(useParams({ from: '/home/traces/$id' }).id)
  const trace = useQuery(traceQuery(id))
  const { sayVerdict } = useTraceText()
  if (trace.isPending) return <Waiting text={t('wait.list', { what: t('trace.what') })} />
  if (trace.isError) return <Failure error={trace.error} onRetry={() => void trace.refetch()} />
  const { data } = trace
  const start = data.steps[0]?.at ?? 0
  return (
    <>
      <PageHead title={t('trace.title', { id: data.id })} back={{ to: '/calls', label: t('history.title') }} />
      <p className={css.verdict}>{sayVerdict(data)}</p>
      {data.callId && (
        <p className={css.call}>
          <span className="faint">{t('trace.call')}</span> <code className="code">{data.callId}</code>
          {user.isAdmin && (
            <Link className="link" to="/deliveries" search={{ callId: data.callId }}>
              {t('trace.deliveries')}
            </Link>
          )}
        </p>
      )}
      <h2 className={css.heading}>{t('trace.steps')}</h2>
      {data.steps.length === 0 && <p className="faint">{t('trace.empty')}</p>}
      <ol className={css.steps}>
        {data.steps.map((step, index) => (
          <li key={index}>
            <Step step={step} start={index === 0 ? null : start} />
          </li>
        ))}
      </ol>
    </>
  )
}

const noValues = { number: '', international: '', extension: '', target: '', event: '', status: '', ms: '' }

/** The portal speaks English; for another language the sentences are made here, where the kind of step is known. */
function useTraceText() {
  const { t, i18n } = useTranslation()
  const reasonText = useReasonText()
  const isPortals = i18n.language === 'en'
  const valuesOf = ({ values, statusCode, state, reason, seconds }: TraceWords<string>) => ({
    ...noValues,
    ...values,
    outcome: statusCode === undefined ? '' : t(`call.outcome.${outcomeOfCode(statusCode)}`).toLocaleLowerCase(),
    state: state === undefined ? '' : t(`delivery.state.${state as DeliveryState}`).toLocaleLowerCase(),
    reason: reasonText(reason ?? null),
    duration: formatDuration(seconds ?? 0),
  })
  const sayStep = (step: TraceStep): string => {
    const words = isPortals ? null : stepWordsOf(step)
    return words ? t(`trace.step.${words.key}`, valuesOf(words)) : step.text
  }
  const sayVerdict = (trace: Trace): string => {
    const words = isPortals ? null : verdictWordsOf(trace)
    return words ? t(`trace.verdict.${words.key}`, valuesOf(words)) : trace.verdict
  }
  return { sayStep, sayVerdict }
}

function Step({ step, start }: { step: TraceStep; start: number | null }) {
  const { t, i18n } = useTranslation()
  const { sayStep } = useTraceText()
  const Icon = icons.find(([pattern]) => pattern.test(step.kind))?.[1] ?? IconCircleDot
  const { deliveryId, ...detail } = step.detail
  const details = Object.entries(detail).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return (
    <article className={css.step} data-kind={step.kind}>
      <time className={css.at} dateTime={new Date(step.at).toISOString()} title={formatTimeWithSeconds(i18n.language, step.at)}>
        {start === null ? t('trace.start') : `+${formatMilliseconds(step.at - start, i18n.language)}`}
      </time>
      <span className={css.icon} aria-hidden>
        <Icon size={16} stroke={1.7} />
      </span>
      <div className={css.words}>
        <p>
          {sayStep(step)}{' '}
          {typeof deliveryId === 'number' && (
            <Link className="link" to="/deliveries/$id" params={{ id: String(deliveryId) }}>
              {t('delivery.one', { id: deliveryId })}
            </Link>
          )}
        </p>
        {details.length > 0 && (
          <details>
            <summary>{t('trace.detail')}</summary>
            <dl className={css.detail}>
              {details.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </article>
  )
}
