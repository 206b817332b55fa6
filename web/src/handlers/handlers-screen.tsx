import { IconPlug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { handlersQuery } from '../api/queries.ts'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import css from './handlers.module.css'
import { Health } from './health.tsx'

/** Every address that gets events, and how it is. */
export function HandlersScreen() {
  const { t } = useTranslation()
  const handlers = useQuery(handlersQuery)
  if (handlers.isPending) return <Waiting text={t('wait.list', { what: t('handlers.what') })} />
  if (handlers.isError) return <Failure error={handlers.error} onRetry={() => void handlers.refetch()} />
  const { items } = handlers.data
  if (items.length === 0)
    return <EmptyPage icon={<IconPlug size={26} stroke={1.5} />} title={t('handlers.emptyTitle')} text={t('handlers.empty')} />
  return (
    <ul className={css.list}>
      {items.map((handler) => (
        <li key={handler.id}>
          <Link to="/settings/handlers/$id" params={{ id: String(handler.id) }} className={css.row}>
            <span className={`${css.event} one-line`}>{handler.event}</span>
            <Health handler={handler} />
            <span className="faint one-line">
              {handler.ownerTitle} · <span className="code">{handler.kind === 'offline' ? t('apps.offline') : handler.url}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
