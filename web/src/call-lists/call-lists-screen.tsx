import { Button } from '@mantine/core'
import { IconListCheck, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { callListsQuery } from '../api/queries.ts'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import css from './call-lists.module.css'
import { Progress } from './progress.tsx'

/** All call lists with how far each is. */
export function CallListsScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const lists = useQuery(callListsQuery)
  const items = lists.data?.items ?? []
  return (
    <>
      <PageHead title={t('lists.title')}>
        {items.length > 0 && (
          <Button
            renderRoot={(props) => <Link to="/contacts" search={{ pick: true }} {...props} />}
            leftSection={<IconPlus size={16} stroke={2} />}
            data-add
          >
            {t('lists.add')}
          </Button>
        )}
      </PageHead>
      {lists.isPending && <Waiting text={t('wait.list', { what: t('lists.what') })} />}
      {lists.isError && <Failure error={lists.error} onRetry={() => void lists.refetch()} />}
      {lists.isSuccess && items.length === 0 && (
        <EmptyPage icon={<IconListCheck size={26} stroke={1.5} />} title={t('lists.emptyTitle')} text={t('lists.empty')}>
          <Button renderRoot={(props) => <Link to="/contacts" search={{ pick: true }} {...props} />}>{t('lists.emptyAct')}</Button>
        </EmptyPage>
      )}
      {items.length > 0 && (
        <table className={`${table.table} ${css.lists}`}>
          <thead>
            <tr>
              <th>{t('lists.name')}</th>
              <th>{t('lists.progress')}</th>
              <th className={table.wide}>{t('lists.by')}</th>
              <th className={`${table.wide} ${table.end}`}>{t('lists.created')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((list) => (
              <tr key={list.id} data-row onClick={() => void navigate({ to: '/call-lists/$id', params: { id: String(list.id) } })}>
                <td>
                  <Link to="/call-lists/$id" params={{ id: String(list.id) }} className={css.title}>
                    {list.title || t('lists.default', { id: list.id })}
                  </Link>{' '}
                  <span className="faint">{t(`kind.${list.entityKind}.many`)}</span>
                </td>
                <td>
                  <Progress done={list.done} total={list.total} />
                </td>
                <td className={`${table.wide} quiet`}>{list.createdByName}</td>
                <td className={`${table.wide} ${table.end} quiet`}>
                  <Moment at={list.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
