import { Collapse } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attempt } from '../api/types.ts'
import { formatTimeWithSeconds } from '../app/format.ts'
import { CopyText } from '../app/copy-text.tsx'
import { formatMilliseconds } from '../calls/duration.ts'
import { BodyView } from './body-view.tsx'
import css from './deliveries.module.css'
import { useReasonText } from './delivery-words.tsx'
import { readPhases } from './phases.ts'

interface AttemptViewProps {
  attempt: Attempt
  isOpen: boolean
  longestMs: number
}

/** One POST: how it ended, where its time went, what was said by both. */
export function AttemptView({ attempt, isOpen, longestMs }: AttemptViewProps) {
  const { t, i18n } = useTranslation()
  const reasonText = useReasonText()
  const [isShown, setShown] = useState(isOpen)
  const detailsId = useId()
  const phases = readPhases(attempt)
  // retention keeps the attempt longer than what was said; every real POST has a body
  const isEmptied = attempt.requestBody === '' && Object.keys(attempt.requestHeaders).length === 0
  const end = attempt.status !== null ? `HTTP ${attempt.status}` : reasonText(attempt.reason) || attempt.error || attempt.outcome
  return (
    <article className={css.attempt}>
      <button
        type="button"
        className={css.attemptHead}
        aria-expanded={isShown}
        aria-controls={detailsId}
        onClick={() => setShown(!isShown)}
      >
        <span className={css.attemptNumber}>{t('delivery.attempt', { number: attempt.number })}</span>
        <span className={css.attemptEnd}>{end}</span>
        <span className={css.attemptTime}>{formatTimeWithSeconds(i18n.language, attempt.startedAt)}</span>
        <span className={css.attemptTime}>{formatMilliseconds(attempt.durationMs, i18n.language)}</span>
        <IconChevronDown className={css.chevron} size={16} stroke={1.8} aria-hidden />
      </button>
      <div className={css.bar} style={{ width: `${Math.max(1, (attempt.durationMs / longestMs) * 100)}%` }} aria-hidden>
        {phases.map((phase) => (
          <span key={phase.name} data-phase={phase.name} style={{ flexGrow: Math.max(phase.ms, 0.5) }} />
        ))}
      </div>
      <p className={css.phases}>
        {phases.map((phase) => (
          <span key={phase.name} data-phase={phase.name}>
            {t(`delivery.timing.${phase.name}`)} {formatMilliseconds(phase.ms, i18n.language)}
          </span>
        ))}
        {attempt.reused && <span>{t('delivery.reused')}</span>}
      </p>
      <Collapse expanded={isShown} id={detailsId} transitionDuration={120}>
        <div className={css.details}>
          {attempt.error && <p className={css.error}>{attempt.error}</p>}
          <section>
            <header className={css.detailsHead}>
              <h3>{t('delivery.request')}</h3>
              {!isEmptied && <span className="faint">{t('delivery.masked')}</span>}
              {!isEmptied && <CopyText value={attempt.requestBody} label={t('delivery.raw')} />}
            </header>
            {isEmptied ? <p className="faint">{t('delivery.emptied')}</p> : <BodyView body={attempt.requestBody} />}
            <details className={css.headers}>
              <summary>{t('delivery.requestHeaders')}</summary>
              <dl>
                {Object.entries(attempt.requestHeaders).map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </details>
          </section>
          <section>
            <header className={css.detailsHead}>
              <h3>{t('delivery.response')}</h3>
              {attempt.status !== null && <span className="faint">HTTP {attempt.status}</span>}
            </header>
            {attempt.responseBody ? (
              <pre className={css.response}>{attempt.responseBody}</pre>
            ) : (
              <p className="faint">
                {t(attempt.status === null ? 'delivery.noResponse' : isEmptied ? 'delivery.emptied' : 'delivery.emptyResponse')}
              </p>
            )}
          </section>
        </div>
      </Collapse>
    </article>
  )
}
