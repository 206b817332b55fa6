import { Autocomplete, Button, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconRefresh, IconSearch, IconSend } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deliveriesQuery } from '../api/queries.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import { knownEvents } from '../settings/known-names.ts'
import { DeliveriesTable } from './deliveries-table.tsx'
import css from './deliveries.module.css'
import { deliveryStates } from './delivery-words.tsx'
import { MoreFilters, type FilterChange } from './more-filters.tsx'
import { ReplayManyDialog } from './replay-many-dialog.tsx'

/** Every event for every handler, newest first. */
export function DeliveriesScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filter = useSearch({ from: '/home/deliveries' })
  const deliveries = useInfiniteQuery({ ...deliveriesQuery({ ...filter }), placeholderData: keepPreviousData })
  const [callId, setCallId] = useState(filter.callId ?? '')
  const [event, setEvent] = useState(filter.event ?? '')
  const items = deliveries.data?.pages.flatMap((page) => page.items) ?? []
  const isFiltered = Object.keys(filter).length > 0
  const { user } = useSession()
  const hasRare = [filter.reason, filter.appId, filter.handlerId, filter.from, filter.to].some((value) => value !== undefined)
  const [isOpen, setOpen] = useState(hasRare)
  const [asks, setAsks] = useState(false)

  const change = (part: FilterChange) => {
    const next = Object.fromEntries(Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined && value !== ''))
    void navigate({ to: '/deliveries', search: next, replace: true })
  }
  const changeSoon = useDebouncedCallback(change, 250)

  return (
    <>
      <PageHead title={t('delivery.title')}>
        {user.isAdmin && isFiltered && items.length > 0 && (
          <Button variant="default" leftSection={<IconRefresh size={16} stroke={1.7} />} onClick={() => setAsks(true)}>
            {t('delivery.many')}
          </Button>
        )}
      </PageHead>
      <div className={css.filters}>
        <NativeSelect
          aria-label={t('delivery.stateLabel')}
          value={filter.state ?? ''}
          onChange={(input) => change({ state: input.currentTarget.value })}
          data={[
            { value: '', label: t('delivery.allStates') },
            ...deliveryStates.map((value) => ({ value, label: t(`delivery.state.${value}`) })),
          ]}
        />
        <Autocomplete
          className={css.event}
          aria-label={t('delivery.event')}
          placeholder={t('delivery.allEvents')}
          data={[...knownEvents]}
          value={event}
          onChange={(value) => {
            setEvent(value)
            changeSoon({ event: value.trim().toUpperCase() })
          }}
        />
        <TextInput
          className={css.callId}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          rightSection={
            callId ? (
              <CloseButton
                size="sm"
                aria-label={t('act.clear')}
                onClick={() => {
                  setCallId('')
                  change({ callId: undefined })
                }}
              />
            ) : null
          }
          placeholder={t('delivery.callFilter')}
          aria-label={t('delivery.callFilter')}
          value={callId}
          onChange={(input) => {
            setCallId(input.currentTarget.value)
            changeSoon({ callId: input.currentTarget.value.trim() })
          }}
          data-search
        />
        {!user.isAdmin && filter.handlerId !== undefined && (
          <button type="button" className={css.filterPill} onClick={() => change({ handlerId: undefined })}>
            {t('delivery.handler')} {filter.handlerId} ×
          </button>
        )}
        <Button variant="subtle" color="gray" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'delivery.fewerFilters' : 'delivery.moreFilters')}
        </Button>
      </div>
      {isOpen && <MoreFilters filter={filter} isAdmin={user.isAdmin} onChange={change} />}
      {asks && <ReplayManyDialog filter={filter} onClose={() => setAsks(false)} />}
      {deliveries.isPending && <Waiting text={t('wait.list', { what: t('delivery.what') })} />}
      {deliveries.isError && <Failure error={deliveries.error} onRetry={() => void deliveries.refetch()} />}
      {deliveries.isSuccess && items.length === 0 && isFiltered && <p className="quiet">{t('delivery.nothing')}</p>}
      {deliveries.isSuccess && items.length === 0 && !isFiltered && (
        <EmptyPage icon={<IconSend size={26} stroke={1.5} />} title={t('delivery.emptyTitle')} text={t('delivery.empty')} />
      )}
      {items.length > 0 && (
        <DeliveriesTable deliveries={items} onOpen={(id) => void navigate({ to: '/deliveries/$id', params: { id: String(id) } })} />
      )}
      <MoreRows
        hasMore={deliveries.hasNextPage}
        isFetching={deliveries.isFetchingNextPage}
        onMore={() => void deliveries.fetchNextPage()}
      />
    </>
  )
}
