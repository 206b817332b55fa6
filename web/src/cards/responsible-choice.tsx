import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'

interface Person {
  id: number
  name: string
}

/** Chooses who is responsible for a card by typing a part of the name. */
export function ResponsibleChoice({ person, onChange }: { person: Person | null; onChange: (person: Person) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(person?.name ?? '')
  const [asked] = useDebouncedValue(text.trim(), 200)
  const search = asked === person?.name ? '' : asked
  const { data } = useQuery({
    queryKey: ['users', 'choice', search],
    queryFn: () => portal.users({ search }),
    placeholderData: (before) => before,
  })
  const found = (data?.items ?? [])
    .filter((user) => user.isActive)
    .map((user) => ({ id: user.id, name: [user.name, user.lastName].filter(Boolean).join(' ') || user.email }))
  const options = person && !found.some((one) => one.id === person.id) ? [person, ...found] : found
  return (
    <Select
      label={t('card.responsible')}
      data={options.map((one) => ({ value: String(one.id), label: one.name }))}
      value={person ? String(person.id) : null}
      onChange={(id) => {
        const chosen = options.find((one) => String(one.id) === id)
        if (chosen) onChange(chosen)
      }}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      searchable
      allowDeselect={false}
      nothingFoundMessage={t('find.nothing', { text: asked })}
    />
  )
}
