import { IconAlertTriangle, IconCircleCheck, IconCircleOff, IconClockPause, IconHelpCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Handler } from '../api/types.ts'
import { formatTimeWithSeconds } from '../app/format.ts'
import { useReasonText } from '../deliveries/delivery-words.tsx'
import css from './handlers.module.css'

const looks = {
  closed: { Icon: IconCircleCheck, tone: 'good' },
  open: { Icon: IconClockPause, tone: 'bad' },
  half_open: { Icon: IconHelpCircle, tone: 'unsure' },
  off: { Icon: IconCircleOff, tone: 'quiet' },
  problem: { Icon: IconAlertTriangle, tone: 'unsure' },
} as const

/** How a handler is, as icon and word. */
export function Health({ handler }: { handler: Handler }) {
  const { t } = useTranslation()
  const state = handler.enabled ? (handler.breaker.state === 'closed' && handler.problem ? 'problem' : handler.breaker.state) : 'off'
  const { Icon, tone } = looks[state]
  return (
    <span className={css.health} data-tone={tone} data-health={state}>
      <Icon size={16} stroke={1.8} aria-hidden /> {t(`handlers.health.${state}`)}
    </span>
  )
}

/** What that means, and what to do; nothing when all is well. */
export function HealthText({ handler }: { handler: Handler }) {
  const { t, i18n } = useTranslation()
  const reasonText = useReasonText()
  const { state, reason, retryAt } = handler.breaker
  if (handler.disabledReason === 'gone') return <p>{t('handlers.goneText')}</p>
  if (!handler.enabled) return <p>{t('handlers.offText')}</p>
  if (state === 'open' && retryAt !== null)
    return <p>{t('handlers.openText', { reason: reasonText(reason), time: formatTimeWithSeconds(i18n.language, retryAt) })}</p>
  if (state !== 'closed') return <p>{t('handlers.halfOpenText')}</p>
  return handler.problem ? <p>{handler.problem}</p> : null
}
