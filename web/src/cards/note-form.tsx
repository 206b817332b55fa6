import { Button, Textarea } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/notice.tsx'
import css from './note-form.module.css'

interface NoteFormProps {
  error: unknown
  isSaving: boolean
  /** resolves to true when the note is written */
  onAdd: (text: string) => Promise<boolean>
}

/** Writes a note on a timeline. Ctrl+Enter adds it; nothing typed is lost when that fails. */
export function NoteForm({ error, isSaving, onAdd }: NoteFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const add = async () => {
    if (text.trim() !== '' && (await onAdd(text.trim()))) setText('')
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void add()
  }
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <Textarea
        aria-label={t('timeline.noteLabel')}
        placeholder={t('timeline.notePlaceholder')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
        autosize
        minRows={1}
        maxRows={8}
        maxLength={20_000}
      />
      {error !== null && error !== undefined && <Failure error={error} />}
      {text.trim() !== '' && (
        <Button type="submit" size="compact-md" className={css.add ?? ''} loading={isSaving}>
          {t('timeline.noteAdd')}
        </Button>
      )}
    </form>
  )
}
