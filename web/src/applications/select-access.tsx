import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usersQuery } from '../api/queries.ts'
import { ChoiceList } from './choice-list.tsx'

/** A right as `selectAccess` answers it: `AU` all employees, `U5` the user 5. */
export interface SelectedAccess {
  id: string
  name: string
}

interface SelectAccessProps {
  /** ids that may not be chosen */
  blocked: string[]
  onDone: (chosen: SelectedAccess[]) => void
}

/** Choose who may do something: everybody, or people; an empty list when the person closes it. */
export function SelectAccess({ blocked, onDone }: SelectAccessProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const [chosen, setChosen] = useState<SelectedAccess[]>([])
  const found = useInfiniteQuery({ ...usersQuery(search), placeholderData: keepPreviousData })
  const users = (found.data?.pages.flatMap((page) => page.items) ?? []).filter((user) => user.isActive)
  const offered: SelectedAccess[] = [
    ...(search === '' ? [{ id: 'AU', name: t('frame.everybody') }] : []),
    ...users.map((user) => ({ id: `U${user.id}`, name: [user.name, user.lastName].filter(Boolean).join(' ') || user.email })),
  ].filter(({ id }) => !blocked.includes(id))
  const choose = (key: string): void => {
    const one = offered.find(({ id }) => id === key)
    if (one) setChosen((all) => (all.some(({ id }) => id === key) ? all.filter(({ id }) => id !== key) : [...all, one]))
  }
  return (
    <ChoiceList
      title={t('frame.selectAccess')}
      text={text}
      onText={setText}
      hint={t(found.isFetching ? 'find.waiting' : 'frame.nobody')}
      choices={offered.map(({ id, name }) => ({ key: id, title: name, note: '' }))}
      chosen={chosen.map(({ id }) => id)}
      onChoose={choose}
      onDone={() => onDone(chosen)}
      onCancel={() => onDone([])}
    />
  )
}
