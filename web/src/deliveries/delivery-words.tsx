import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconClockX,
  IconHelpCircle,
  IconPlayerSkipForward,
  IconRefresh,
  IconSend,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { DeliveryState } from '../api/types.ts'
import type { en } from '../app/texts/en/index.ts'
import css from './deliveries.module.css'

const icons: Record<DeliveryState, typeof IconClock> = {
  pending: IconClock,
  sending: IconSend,
  delivered: IconCircleCheck,
  unconfirmed: IconHelpCircle,
  retrying: IconRefresh,
  failed: IconAlertTriangle,
  expired: IconClockX,
  skipped: IconPlayerSkipForward,
  canceled: IconBan,
}

/** All states, in the order of a delivery. */
export const deliveryStates = Object.keys(icons) as DeliveryState[]

const tones: Record<DeliveryState, 'good' | 'bad' | 'unsure' | 'quiet'> = {
  pending: 'quiet',
  sending: 'quiet',
  delivered: 'good',
  unconfirmed: 'unsure',
  retrying: 'unsure',
  failed: 'bad',
  expired: 'bad',
  skipped: 'quiet',
  canceled: 'quiet',
}

/** The state of a delivery as icon and word. */
export function DeliveryStateText({ state }: { state: DeliveryState }) {
  const { t } = useTranslation()
  const Icon = icons[state]
  return (
    <span className={css.state} data-tone={tones[state]} data-state={state}>
      <Icon size={16} stroke={1.8} aria-hidden /> {t(`delivery.state.${state}`)}
    </span>
  )
}

type Reason = keyof (typeof en)['delivery']['reason']

/** A reason in words; one we have no words for is shown as it is. */
export function useReasonText(): (reason: string | null) => string {
  const { t, i18n } = useTranslation()
  return (reason) => (reason === null ? '' : i18n.exists(`delivery.reason.${reason}`) ? t(`delivery.reason.${reason as Reason}`) : reason)
}
