import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAddressBook, IconBuilding, IconDialpad, IconSearch, IconTargetArrow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf, portal } from '../api/portal.ts'
import type { EntityRow } from '../api/types.ts'
import css from './find-dialog.module.css'

const icons = { contact: IconAddressBook, company: IconBuilding, lead: IconTargetArrow }

/** Finds anybody by a part of the name or number; arrows choose, Enter opens. */
export function FindDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const [asked] = useDebouncedValue(text.trim(), 150)
  const found = useQuery({
    queryKey: ['find', asked],
    queryFn: async () => (await portal.find(asked)).items,
    enabled: asked.length > 1,
    placeholderData: (before) => before,
  })
  const rows = asked.length > 1 ? (found.data ?? []) : []
  const isNumber = /^[+\d*#()\s.-]{3,}$/.test(asked)
  const count = rows.length + (isNumber ? 1 : 0)

  const open = (index: number) => {
    const row = rows[index]
    onClose()
    if (row) void navigate({ to: `/${collectionOf[row.kind]}/$id`, params: { id: String(row.id) } })
    else if (isNumber) void navigate({ to: '/dial', search: { number: asked } })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen((index) => Math.min(index + 1, count - 1))
    else if (event.key === 'ArrowUp') setChosen((index) => Math.max(index - 1, 0))
    else if (event.key === 'Enter' && count > 0) open(Math.min(chosen, count - 1))
    else return
    event.preventDefault()
  }

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      transitionProps={{ duration: 0 }}
      yOffset="12dvh"
      centered={false}
      title={undefined}
      aria-label={t('find.title')}
    >
      <TextInput
        classNames={{ input: css.input }}
        leftSection={<IconSearch size={18} stroke={1.7} />}
        placeholder={t('find.placeholder')}
        aria-label={t('find.title')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={press}
        role="combobox"
        aria-expanded={count > 0}
        aria-controls="find-results"
        aria-activedescendant={count > 0 ? `find-${chosen}` : undefined}
        autoFocus
        data-autofocus
      />
      <div id="find-results" role="listbox" aria-label={t('find.title')} className={css.results}>
        {rows.map((row, index) => (
          <Result key={`${row.kind}${row.id}`} row={row} index={index} isChosen={index === chosen} onOpen={() => open(index)} />
        ))}
        {isNumber && (
          <div
            id={`find-${rows.length}`}
            role="option"
            tabIndex={-1}
            aria-selected={chosen === rows.length}
            className={css.result}
            onClick={() => open(rows.length)}
          >
            <IconDialpad size={18} stroke={1.6} aria-hidden /> <span>{t('find.dial', { text: asked })}</span>
          </div>
        )}
        {count === 0 && (
          <p className={css.hint} role="status">
            {asked.length < 2 ? t('find.hint') : found.isFetching ? t('find.waiting') : t('find.nothing', { text: asked })}
          </p>
        )}
      </div>
    </Modal>
  )
}

function Result({ row, index, isChosen, onOpen }: { row: EntityRow; index: number; isChosen: boolean; onOpen: () => void }) {
  const { t } = useTranslation()
  const Icon = icons[row.kind]
  return (
    <div id={`find-${index}`} role="option" tabIndex={-1} aria-selected={isChosen} className={css.result} onClick={onOpen}>
      <Icon size={18} stroke={1.6} role="img" aria-label={t(`kind.${row.kind}.one`)} />
      <span className="one-line">
        {row.title} {row.subtitle && <span className="faint">{row.subtitle}</span>}
      </span>
      <span className={css.number}>{row.phones[0]?.display}</span>
    </div>
  )
}
