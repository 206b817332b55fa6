import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncomingWebhook, OutgoingWebhook } from '../api/types.ts'
import { CopyText } from '../app/copy-text.tsx'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import css from './settings.module.css'

/** Incoming webhooks, without their secrets. */
export function IncomingTable({ hooks, acts }: { hooks: IncomingWebhook[]; acts: (hook: IncomingWebhook) => ReactNode }) {
  const { t } = useTranslation()
  return (
    <table className={`${table.table} ${css.hooks}`}>
      <thead>
        <tr>
          <th>{t('webhooks.name')}</th>
          <th className={table.wide}>{t('webhooks.scope')}</th>
          <th className={table.wide}>{t('webhooks.owner')}</th>
          <th className={table.wide}>{t('webhooks.lastUsed')}</th>
          <th aria-label={t('act.actions')} />
        </tr>
      </thead>
      <tbody>
        {hooks.map((hook) => (
          <tr key={hook.id}>
            <td style={{ fontWeight: 500 }}>{hook.title}</td>
            <td className={`${table.wide} quiet`}>{hook.scope.join(', ')}</td>
            <td className={`${table.wide} quiet`}>{hook.userName}</td>
            <td className={`${table.wide} quiet`}>
              {hook.lastUsedAt === null ? t('when.never') : <Moment at={hook.lastUsedAt} style="ago" />}
            </td>
            <td>{acts(hook)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Outgoing webhooks with their tokens. */
export function OutgoingTable({ hooks, acts }: { hooks: OutgoingWebhook[]; acts: (hook: OutgoingWebhook) => ReactNode }) {
  const { t } = useTranslation()
  return (
    <table className={`${table.table} ${css.hooks}`}>
      <thead>
        <tr>
          <th>{t('webhooks.name')}</th>
          <th className={table.wide}>{t('webhooks.address')}</th>
          <th className={table.wide}>{t('webhooks.events')}</th>
          <th aria-label={t('act.actions')} />
        </tr>
      </thead>
      <tbody>
        {hooks.map((hook) => (
          <tr key={hook.id}>
            <td style={{ fontWeight: 500 }}>
              {hook.title}
              <div className="faint" style={{ fontWeight: 400, display: 'flex', alignItems: 'center' }}>
                <span className="code one-line">{hook.token}</span> <CopyText value={hook.token} />
              </div>
            </td>
            <td className={`${table.wide} quiet`}>
              <span className="code">{hook.url}</span>
            </td>
            <td className={`${table.wide} quiet`}>
              <span className="code">{hook.events.join(', ')}</span>
            </td>
            <td>{acts(hook)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
