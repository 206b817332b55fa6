import { Button, NativeSelect } from '@mantine/core'
import { IconCheck, IconPhoneCall } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf, portal } from '../api/portal.ts'
import { callListQuery } from '../api/queries.ts'
import type { CallListCard, CallListItem } from '../api/types.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import { outcomeOf, wasAnswered } from '../calls/call-sentence.ts'
import { formatDuration } from '../calls/duration.ts'
import { PhoneChip } from '../calls/phone-chip.tsx'
import { usePlaceCall, type CallRefusal } from '../calls/place-call.tsx'
import { RefusalNotice } from '../calls/refusal-notice.tsx'
import css from './call-lists.module.css'
import { Progress } from './progress.tsx'

/** Those that come with the portal have words in the language of the page. */
const ownStatuses = ['IN_WORK', 'SUCCESS', 'WRONG_NUMBER', 'STOP_CALLING'] as const

/** One call list: call one after another, mark each. */
export function CallListScreen() {
  const { t } = useTranslation()
  const id = Number(useParams({ from: '/home/call-lists/$id' }).id)
  const queryClient = useQueryClient()
  const { place } = usePlaceCall()
  const list = useQuery(callListQuery(id))
  const [refusal, setRefusal] = useState<CallRefusal | null>(null)
  const { queryKey } = callListQuery(id)
  const mark = useMutation({
    mutationFn: ({ item, status }: { item: CallListItem; status: string }) => portal.markCallListItem(id, item.id, status),
    onMutate: ({ item, status }) => queryClient.setQueryData(queryKey, (card) => card && withStatus(card, item.id, status)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['call-lists'] }),
  })

  if (list.isPending) return <Waiting text={t('wait.page')} />
  if (list.isError) return <Failure error={list.error} onRetry={() => void list.refetch()} />
  const { data } = list
  const toCall = data.items.filter((item) => item.status === 'IN_WORK' && item.entity.phones.length > 0)
  const next = toCall.find((item) => item.lastCall === null) ?? toCall[0]

  const callNext = async () => {
    const phone = next?.entity.phones[0]
    if (!next || !phone) return
    setRefusal(null)
    const { kind, id: entityId, title } = next.entity
    const result = await place({ number: phone.value, display: phone.display, entity: { kind, id: entityId, title }, callListId: id })
    if (!result.ok) setRefusal(result.refusal)
  }

  return (
    <>
      <PageHead
        title={data.title || t('lists.default', { id })}
        back={{ to: '/call-lists', label: t('lists.title') }}
        below={<Progress done={data.done} total={data.total} />}
      >
        {next ? (
          <Button leftSection={<IconPhoneCall size={16} stroke={1.8} />} onClick={() => void callNext()}>
            {t('lists.next', { name: next.entity.title })}
          </Button>
        ) : (
          <span className={css.allDone}>
            <IconCheck size={18} stroke={2} aria-hidden /> {t('lists.allDone')}
          </span>
        )}
      </PageHead>
      {refusal && (
        <Notice kind="alarm">
          <RefusalNotice refusal={refusal} onClose={() => setRefusal(null)} />
        </Notice>
      )}
      {mark.isError && <Failure error={mark.error} />}
      <table className={`${table.table} ${css.items}`}>
        <thead>
          <tr>
            <th>{t('rows.name')}</th>
            <th>{t('rows.phone')}</th>
            <th className={table.wide}>{t('lists.lastCall')}</th>
            <th aria-label={t('card.status')} />
          </tr>
        </thead>
        <tbody>
          {data.items.map((item) => (
            <tr key={item.id} data-row data-next={item === next || undefined} data-done={item.status !== 'IN_WORK' || undefined}>
              <td>
                <Link to={`/${collectionOf[item.entity.kind]}/$id`} params={{ id: String(item.entity.id) }} className={css.title}>
                  {item.entity.title}
                </Link>
                <div className="faint one-line">{item.entity.subtitle}</div>
              </td>
              <td>
                {item.entity.phones[0] ? (
                  <PhoneChip
                    number={item.entity.phones[0].value}
                    display={item.entity.phones[0].display}
                    entity={{ kind: item.entity.kind, id: item.entity.id, title: item.entity.title }}
                    callListId={id}
                  />
                ) : (
                  <span className="faint">{t('lists.noNumber')}</span>
                )}
              </td>
              <td className={`${table.wide} quiet`}>
                <LastCall item={item} />
              </td>
              <td>
                <NativeSelect
                  aria-label={t('lists.statusLabel', { name: item.entity.title })}
                  value={item.status}
                  onChange={(event) => mark.mutate({ item, status: event.currentTarget.value })}
                  data={data.statuses.map((status) => ({ value: status.id, label: statusLabel(t, status) }))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function LastCall({ item }: { item: CallListItem }) {
  const { t } = useTranslation()
  if (!item.lastCall) return <span className="faint">{t('lists.notCalled')}</span>
  const outcome = outcomeOf(item.lastCall)
  return (
    <>
      {outcome ? t(`call.outcome.${outcome}`) : t('timeline.underWay')}
      {wasAnswered(item.lastCall) && <span className="tabular"> {formatDuration(item.lastCall.durationSeconds)}</span>} ·{' '}
      <Moment at={item.lastCall.startedAt} />
    </>
  )
}

function statusLabel(t: TFunction, { id, name }: CallListCard['statuses'][number]): string {
  const own = ownStatuses.find((one) => one === id)
  return name ?? (own ? t(`lists.status.${own}`) : id)
}

function withStatus(card: CallListCard, itemId: number, status: string): CallListCard {
  const items = card.items.map((item) => (item.id === itemId ? { ...item, status } : item))
  return { ...card, items, done: items.filter((item) => item.status !== 'IN_WORK').length }
}
