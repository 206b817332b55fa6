import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, IconHelpCircle, IconPhone, IconPhoneX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { CallbackRequest } from '../api/types.ts'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import { outcomeOf, wasAnswered } from '../calls/call-sentence.ts'
import { useReasonText } from '../deliveries/delivery-words.tsx'
import css from './callback-forms.module.css'

/** Requests of visitors with what became of them. */
export function CallbackRequests({ items }: { items: CallbackRequest[] }) {
  const { t } = useTranslation()
  return (
    <table className={`${table.table} ${css.requests}`}>
      <thead>
        <tr>
          <th>{t('callbackForms.number')}</th>
          <th>{t('callbackForms.outcomeLabel')}</th>
          <th className={table.wide}>{t('callbackForms.from')}</th>
          <th>{t('callbackForms.when')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((request) => (
          <tr key={request.id}>
            <td>
              {request.entity ? (
                <Link className="link" to={cardPath[request.entity.kind]} params={{ id: String(request.entity.id) }}>
                  {request.display}
                </Link>
              ) : (
                request.display
              )}
            </td>
            <td>
              <Outcome request={request} />
            </td>
            <td className={`${table.wide} one-line`}>{request.origin || <span className="faint">{t('callbackForms.ownPage')}</span>}</td>
            <td>
              <Moment at={request.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const cardPath = { contact: '/contacts/$id', company: '/companies/$id', lead: '/leads/$id' } as const

type Tone = 'good' | 'bad' | 'unsure' | 'quiet'

const looks: Record<CallbackRequest['outcome'], [Tone, typeof IconClock]> = {
  waiting: ['quiet', IconClock],
  delivered: ['unsure', IconClock],
  unconfirmed: ['unsure', IconHelpCircle],
  failed: ['bad', IconAlertTriangle],
  expired: ['bad', IconAlertTriangle],
  called: ['good', IconCircleCheck],
  skipped: ['bad', IconAlertTriangle],
  refused_country: ['quiet', IconBan],
  refused_limit: ['quiet', IconBan],
}

function Outcome({ request }: { request: CallbackRequest }) {
  const { t } = useTranslation()
  const reasonText = useReasonText()
  const { call, outcome } = request
  const ended = call ? outcomeOf({ ...call, direction: 'callback' }) : null
  const isOpen = call !== null && ended === null
  const isInVain = call !== null && !isOpen && !wasAnswered(call)
  const [tone, Icon] = isOpen ? (['good', IconPhone] as const) : isInVain ? (['unsure', IconPhoneX] as const) : looks[outcome]
  const isLimit = outcome === 'refused_limit'
  const words = isOpen ? t('callbackForms.calledOpen') : isInVain ? t('callbackForms.calledInVain') : t(`callbackForms.outcome.${outcome}`)
  const detail = call
    ? [ended && t(`call.outcome.${ended}`), call.userName && t('callbackForms.calledBy', { name: call.userName })]
        .filter(Boolean)
        .join(' · ')
    : isLimit
      ? ''
      : reasonText(request.reason)
  const state = (
    <span className={css.state} data-tone={tone} data-outcome={outcome}>
      <Icon size={16} stroke={1.8} aria-hidden /> {words}
    </span>
  )
  return (
    <>
      {request.traceId === null ? (
        state
      ) : (
        <Link to="/traces/$id" params={{ id: String(request.traceId) }} title={t('call.why')}>
          {state}
        </Link>
      )}
      {detail && <div className={css.reason}>{detail}</div>}
    </>
  )
}
