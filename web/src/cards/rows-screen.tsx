import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconAddressBook, IconBuilding, IconPlus, IconSearch, IconTargetArrow } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf } from '../api/portal.ts'
import { rowsQuery } from '../api/queries.ts'
import type { EntityKind } from '../api/types.ts'
import { formatCount } from '../app/format.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { EmptyPage, Failure, Notice, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { NewCallList } from '../call-lists/new-call-list.tsx'
import { RowsTable } from './rows-table.tsx'
import css from './rows-screen.module.css'

const icons = { contact: IconAddressBook, company: IconBuilding, lead: IconTargetArrow }

interface RowsScreenProps {
  kind: EntityKind
  search: string
  /** the person came to choose who shall be called in turn */
  isPicking?: boolean
}

/** The list of one kind: search, page after page, call from the row. */
export function RowsScreen({ kind, search, isPicking = false }: RowsScreenProps) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState(search)
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const rows = useInfiniteQuery({ ...rowsQuery(kind, search.trim()), placeholderData: keepPreviousData })
  const items = rows.data?.pages.flatMap((page) => page.items) ?? []
  const total = rows.data?.pages[0]?.total
  const Icon = icons[kind]
  const path = `/${collectionOf[kind]}` as const

  const showSearch = useDebouncedCallback(
    (value: string) =>
      void navigate({ to: path, search: { ...(value && { search: value }), ...(isPicking && { pick: true }) }, replace: true }),
    200,
  )
  const changeText = (value: string) => {
    setText(value)
    showSearch(value)
  }
  const isEmpty = rows.isSuccess && items.length === 0

  return (
    <>
      <PageHead title={t(`kind.${kind}.many`)} note={total === undefined ? null : formatCount(i18n.language, total)}>
        <TextInput
          className={css.search}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          rightSection={
            text ? <CloseButton size="sm" onClick={() => changeText('')} aria-label={t('act.clear')} /> : <kbd className={css.key}>/</kbd>
          }
          placeholder={t(`kind.${kind}.search`)}
          aria-label={t(`kind.${kind}.search`)}
          value={text}
          onChange={(event) => changeText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && (text ? changeText('') : event.currentTarget.blur())}
          type="text"
          inputMode="search"
          data-search
        />
        <Button component={Link} to={`${path}/new`} leftSection={<IconPlus size={16} stroke={2} />} data-add>
          {t(`kind.${kind}.add`)}
        </Button>
      </PageHead>
      {isPicking && selected.size === 0 && (
        <Notice
          kind="info"
          action={
            <Link className="link" to={kind === 'contact' ? '/companies' : '/contacts'} search={{ pick: true }}>
              {t(`lists.pickOther.${kind === 'contact' ? 'company' : 'contact'}`)}
            </Link>
          }
        >
          {t('lists.pick')}
        </Notice>
      )}
      {selected.size > 0 && kind !== 'lead' && <NewCallList entityKind={kind} ids={[...selected]} onClear={() => setSelected(new Set())} />}
      {rows.isPending && <Waiting text={t('wait.list', { what: t(`kind.${kind}.what`) })} />}
      {rows.isError && <Failure error={rows.error} onRetry={() => void rows.refetch()} />}
      {isEmpty && search && <p className={css.nothing}>{t('rows.nothing', { text: search })}</p>}
      {isEmpty && !search && (
        <EmptyPage icon={<Icon size={26} stroke={1.5} />} title={t(`rows.empty.${kind}.title`)} text={t(`rows.empty.${kind}.text`)}>
          <Button component={Link} to={`${path}/new`} leftSection={<IconPlus size={16} stroke={2} />}>
            {t(`kind.${kind}.add`)}
          </Button>
        </EmptyPage>
      )}
      {items.length > 0 && (
        <div aria-busy={rows.isPlaceholderData} className={css.rows}>
          <RowsTable
            kind={kind}
            rows={items}
            selected={selected}
            isPicking={isPicking}
            onSelect={kind === 'lead' ? null : setSelected}
            onOpen={(row) => void navigate({ to: `${path}/$id`, params: { id: String(row.id) } })}
          />
          <MoreRows hasMore={rows.hasNextPage} isFetching={rows.isFetchingNextPage} onMore={() => void rows.fetchNextPage()} />
        </div>
      )}
    </>
  )
}
