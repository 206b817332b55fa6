import { ActionIcon, Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPencil, IconPlus, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { targetsQuery, usersQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { Monogram } from '../app/monogram.tsx'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import table from '../app/table.module.css'
import css from './settings.module.css'
import { UserForm } from './user-form.tsx'

/** Employees with their extensions. */
export function UsersScreen() {
  const { t } = useTranslation()
  const { user } = useSession()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const [edited, setEdited] = useState<User | 'new' | null>(null)
  const users = useInfiniteQuery({ ...usersQuery(search), placeholderData: keepPreviousData })
  const targets = useQuery(targetsQuery)
  const items = users.data?.pages.flatMap((page) => page.items) ?? []
  const missing = search ? 0 : items.filter((person) => person.isActive && !person.extension).length
  const titleOf = (id: string | null) => targets.data?.items.find((target) => target.id === id)?.title ?? id

  return (
    <>
      <div className={css.tools}>
        <TextInput
          className={css.search}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          rightSection={text ? <CloseButton size="sm" onClick={() => setText('')} aria-label={t('act.clear')} /> : null}
          placeholder={t('users.search')}
          aria-label={t('users.search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-search
        />
        {user.isAdmin && (
          <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setEdited('new')} data-add>
            {t('users.add')}
          </Button>
        )}
      </div>
      {missing > 0 && user.isAdmin && <Notice kind="caution">{t('users.missing', { count: missing })}</Notice>}
      {users.isPending && <Waiting text={t('wait.list', { what: t('users.what') })} />}
      {users.isError && <Failure error={users.error} onRetry={() => void users.refetch()} />}
      {users.isSuccess && items.length === 0 && <p className="quiet">{t('users.nothing', { text: search })}</p>}
      {items.length > 0 && (
        <table className={`${table.table} ${css.users}`}>
          <thead>
            <tr>
              <th>{t('rows.name')}</th>
              <th>{t('users.extension')}</th>
              <th className={table.wide}>{t('users.role')}</th>
              <th className={table.wide}>{t('users.target')}</th>
              <th aria-label={t('act.actions')} />
            </tr>
          </thead>
          <tbody>
            {items.map((person) => (
              <tr
                key={person.id}
                data-row={user.isAdmin || undefined}
                className={person.isActive ? undefined : css.inactive}
                onClick={() => user.isAdmin && setEdited(person)}
              >
                <td>
                  <div style={{ display: 'flex', alignItems: 'center', gap: 12, minWidth: 0 }}>
                    <Monogram name={`${person.name} ${person.lastName}`} />
                    <div style={{ minWidth: 0 }}>
                      <div className="one-line" style={{ fontWeight: 500 }}>
                        {person.name} {person.lastName} {person.id === user.id && <span className="faint">({t('users.you')})</span>}
                      </div>
                      <div className="faint one-line">{[person.workPosition, person.email].filter(Boolean).join(' · ')}</div>
                    </div>
                  </div>
                </td>
                <td className="tabular">{person.extension ?? <span className="faint">{t('users.noExtension')}</span>}</td>
                <td className={`${table.wide} quiet`}>
                  {person.isActive ? t(person.isAdmin ? 'users.admin' : 'users.employee') : t('users.inactive')}
                </td>
                <td className={`${table.wide} quiet`}>{person.target ? titleOf(person.target) : t('users.targetDefault')}</td>
                <td>
                  {user.isAdmin && (
                    <ActionIcon size={28} aria-label={`${t('users.editTitle')}: ${person.name} ${person.lastName}`}>
                      <IconPencil size={16} stroke={1.7} />
                    </ActionIcon>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreRows hasMore={users.hasNextPage} isFetching={users.isFetchingNextPage} onMore={() => void users.fetchNextPage()} />
      {edited && (
        <UserForm
          key={edited === 'new' ? 'new' : edited.id}
          user={edited === 'new' ? null : edited}
          targets={targets.data?.items ?? []}
          isSelf={edited !== 'new' && edited.id === user.id}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  )
}
