import { Button, Modal, TextInput } from '@mantine/core'
import { IconCheck, IconSearch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './choice-list.module.css'

/** One thing to choose. */
export interface Choice {
  key: string
  title: string
  note: string
}

interface ChoiceListProps {
  title: string
  text: string
  onText: (text: string) => void
  hint: string
  /** why what was chosen could not be done */
  problem?: string | null
  /** what the field is for, when it is not only to search */
  label?: string
  choices: Choice[]
  /** keys of what is chosen, when several may be */
  chosen: string[] | null
  onChoose: (key: string) => void
  onDone: () => void
  onCancel: () => void
}

/** A dialog to find one or several things in. */
export function ChoiceList({ title, text, onText, hint, problem, label, choices, chosen, onChoose, onDone, onCancel }: ChoiceListProps) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': t('act.close') }}>
      <TextInput
        leftSection={<IconSearch size={16} stroke={1.7} />}
        aria-label={label ?? t('frame.search')}
        placeholder={label ?? t('frame.search')}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        data-autofocus
      />
      {problem && (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      )}
      <ul className={css.list} aria-label={title}>
        {choices.map(({ key, title: name, note }) => (
          <li key={key}>
            <button
              type="button"
              className={css.choice}
              onClick={() => onChoose(key)}
              {...(chosen && { 'aria-pressed': chosen.includes(key) })}
            >
              <span>
                {name} <span className="faint">{note}</span>
              </span>
              {chosen?.includes(key) && <IconCheck size={16} stroke={2} aria-hidden />}
            </button>
          </li>
        ))}
      </ul>
      {choices.length === 0 && (
        <p className="quiet" role="status">
          {hint}
        </p>
      )}
      {chosen && (
        <Button mt={16} fullWidth disabled={chosen.length === 0} onClick={onDone}>
          {t('frame.choose', { count: chosen.length })}
        </Button>
      )}
    </Modal>
  )
}
