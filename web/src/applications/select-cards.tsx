import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { EntityKind, EntityRow } from '../api/types.ts'
import { ChoiceList } from './choice-list.tsx'

interface SelectCardsProps {
  kinds: EntityKind[]
  isMultiple: boolean
  onDone: (rows: EntityRow[]) => void
}
const keyOf = (row: EntityRow): string => `${row.kind}:${row.id}`

/** Choose contacts, companies or leads; an empty list when the person closes it. */
export function SelectCards({ kinds, isMultiple, onDone }: SelectCardsProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const [chosen, setChosen] = useState<EntityRow[]>([])
  const found = useQuery({
    queryKey: ['find', 'cards', kinds, search],
    // without a word to look for, the newest of each kind
    queryFn: async () =>
      search.length > 1
        ? (await portal.find(search)).items.filter((row) => kinds.includes(row.kind))
        : (await Promise.all(kinds.map((kind) => portal.rows(kind, {})))).flatMap((page) => page.items.slice(0, 10)),
    placeholderData: (before) => before,
  })
  const rows = found.data ?? []
  const choose = (key: string): void => {
    const row = rows.find((one) => keyOf(one) === key)
    if (!row) return
    if (!isMultiple) onDone([row])
    else setChosen((all) => (all.some((one) => keyOf(one) === key) ? all.filter((one) => keyOf(one) !== key) : [...all, row]))
  }
  return (
    <ChoiceList
      title={t('frame.selectCards')}
      text={text}
      onText={setText}
      hint={t(found.isFetching ? 'find.waiting' : 'frame.nobody')}
      choices={rows.map((row) => ({
        key: keyOf(row),
        title: row.title,
        note: [t(`kind.${row.kind}.one`), row.subtitle].filter(Boolean).join(' · '),
      }))}
      chosen={isMultiple ? chosen.map(keyOf) : null}
      onChoose={choose}
      onDone={() => onDone(chosen)}
      onCancel={() => onDone([])}
    />
  )
}
