import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPhone, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callsQuery, usersQuery } from '../api/queries.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { AppPagesMenu } from './app-pages-menu.tsx'
import css from './calls.module.css'
import { CallsTable } from './calls-table.tsx'
import { useLookAtMissed } from './missed-count.tsx'

/** Every call, newest first, by person, day, number or name. */
export function CallsScreen() {
  const { t } = useTranslation()
  useLookAtMissed()
  const [text, setText] = useState('')
  const [userId, setUserId] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const users = useInfiniteQuery(usersQuery(''))
  const filter = { search, userId, from: startOf(from), to: endOf(to) }
  const calls = useInfiniteQuery({ ...callsQuery(filter), placeholderData: keepPreviousData })
  const items = calls.data?.pages.flatMap((page) => page.items) ?? []
  const total = calls.data?.pages[0]?.total
  const isFiltered = Boolean(search || userId || from || to)
  const people = users.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHead title={t('history.title')} note={total === undefined ? null : t('history.total', { count: total })}>
        <AppPagesMenu />
      </PageHead>
      <div className={css.filters}>
        <TextInput
          className={css.search}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          rightSection={text ? <CloseButton size="sm" onClick={() => setText('')} aria-label={t('act.clear')} /> : null}
          placeholder={t('history.search')}
          aria-label={t('history.search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && (text ? setText('') : event.currentTarget.blur())}
          data-search
        />
        <NativeSelect
          aria-label={t('history.who')}
          value={userId}
          onChange={(event) => setUserId(event.currentTarget.value)}
          data={[
            { value: '', label: t('history.everyone') },
            ...people.map((person) => ({ value: String(person.id), label: [person.name, person.lastName].filter(Boolean).join(' ') })),
          ]}
        />
        <TextInput
          type="date"
          aria-label={t('history.from')}
          title={t('history.from')}
          value={from}
          max={to || undefined}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <span className="faint" aria-hidden>
          –
        </span>
        <TextInput
          type="date"
          aria-label={t('history.to')}
          title={t('history.to')}
          value={to}
          min={from || undefined}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </div>
      {calls.isPending && <Waiting text={t('wait.list', { what: t('history.what') })} />}
      {calls.isError && <Failure error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.isSuccess && items.length === 0 && isFiltered && <p className="quiet">{t('history.nothing')}</p>}
      {calls.isSuccess && items.length === 0 && !isFiltered && (
        <EmptyPage icon={<IconPhone size={26} stroke={1.5} />} title={t('history.emptyTitle')} text={t('history.empty')}>
          <Button component={Link} to="/contacts">
            {t('history.emptyAct')}
          </Button>
        </EmptyPage>
      )}
      {items.length > 0 && <CallsTable calls={items} />}
      <MoreRows hasMore={calls.hasNextPage} isFetching={calls.isFetchingNextPage} onMore={() => void calls.fetchNextPage()} />
    </>
  )
}

/** The first millisecond of a day of the person's own time zone, and of the day after it (`to` is not included). */
function startOf(day: string): number | null {
  return day ? new Date(`${day}T00:00:00`).getTime() : null
}
function endOf(day: string): number | null {
  if (!day) return null
  const next = new Date(`${day}T00:00:00`)
  return next.setDate(next.getDate() + 1)
}
