import { IconPhone } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Delivery } from '../api/types.ts'
import { formatTimeWithSeconds } from '../app/format.ts'
import table from '../app/table.module.css'
import { useNow } from '../app/now.ts'
import { Moment } from '../app/time.tsx'
import css from './deliveries.module.css'
import { DeliveryStateText, useReasonText } from './delivery-words.tsx'

/** The rows of the delivery log. */
export function DeliveriesTable({ deliveries, onOpen }: { deliveries: Delivery[]; onOpen: (id: number) => void }) {
  const { t, i18n } = useTranslation()
  const reasonText = useReasonText()
  const today = new Date(useNow()).setHours(0, 0, 0, 0)
  return (
    <table className={`${table.table} ${css.deliveries}`}>
      <thead>
        <tr>
          <th>{t('delivery.stateLabel')}</th>
          <th>{t('delivery.event')}</th>
          <th className={table.wide}>{t('delivery.handler')}</th>
          <th className={`${table.wide} ${table.number}`}>{t('delivery.attempts')}</th>
          <th className={table.end}>{t('delivery.when')}</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr
            key={delivery.id}
            data-row
            onClick={(event) => event.target instanceof Element && !event.target.closest('a') && onOpen(delivery.id)}
          >
            <td>
              <DeliveryStateText state={delivery.state} />
              {delivery.reason && <div className={css.reason}>{reasonText(delivery.reason)}</div>}
            </td>
            <td>
              <Link
                className={css.eventName}
                to="/deliveries/$id"
                params={{ id: String(delivery.id) }}
                aria-label={`${delivery.event}. ${t('delivery.open', { id: delivery.id })}`}
              >
                {delivery.event}
              </Link>
              {delivery.deliveryClass === 'dial' && (
                <span className={css.dial} title={t('delivery.class.dial')}>
                  <IconPhone size={14} stroke={1.8} role="img" aria-label={t('delivery.class.dial')} />
                </span>
              )}
              <div className="faint one-line tabular">
                #{delivery.id}
                {delivery.replayOf !== null && ` · ${t('delivery.replayOf')} #${delivery.replayOf}`}
              </div>
            </td>
            <td className={table.wide}>
              <div className="one-line">{delivery.handlerTitle}</div>
              <div className="faint one-line code">{delivery.url}</div>
            </td>
            <td className={`${table.wide} ${table.number}`}>{delivery.attempts}</td>
            <td className={`${table.end} quiet`}>
              {delivery.createdAt >= today ? (
                <time className="tabular" dateTime={new Date(delivery.createdAt).toISOString()}>
                  {formatTimeWithSeconds(i18n.language, delivery.createdAt)}
                </time>
              ) : (
                <Moment at={delivery.createdAt} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
