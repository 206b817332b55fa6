import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usersQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { ChoiceList } from './choice-list.tsx'

/** Choose one colleague, or several; an empty list when the person closes it. */
export function SelectUsers({ isMultiple, onDone }: { isMultiple: boolean; onDone: (users: User[]) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const [chosen, setChosen] = useState<User[]>([])
  const found = useInfiniteQuery({ ...usersQuery(search), placeholderData: keepPreviousData })
  const users = (found.data?.pages.flatMap((page) => page.items) ?? []).filter((user) => user.isActive)
  const choose = (key: string): void => {
    const user = users.find((one) => String(one.id) === key)
    if (!user) return
    if (!isMultiple) onDone([user])
    else setChosen((all) => (all.some((one) => one.id === user.id) ? all.filter((one) => one.id !== user.id) : [...all, user]))
  }
  return (
    <ChoiceList
      title={t(isMultiple ? 'frame.selectUsers' : 'frame.selectUser')}
      text={text}
      onText={setText}
      hint={t(found.isFetching ? 'find.waiting' : 'frame.nobody')}
      choices={users.map((user) => ({
        key: String(user.id),
        title: [user.name, user.lastName].filter(Boolean).join(' ') || user.email,
        note: user.extension ?? '',
      }))}
      chosen={isMultiple ? chosen.map((user) => String(user.id)) : null}
      onChoose={choose}
      onDone={() => onDone(chosen)}
      onCancel={() => onDone([])}
    />
  )
}
