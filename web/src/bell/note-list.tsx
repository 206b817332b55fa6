import { ActionIcon } from '@mantine/core'
import { IconCheck, IconExternalLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Notification } from '../api/types.ts'
import { Moment } from '../app/time.tsx'
import css from './bell.module.css'
import { readNote } from './note-text.ts'

/** Notes; the unread ones say so in words, and can be marked. */
export function NoteList({ notes, onRead }: { notes: readonly Notification[]; onRead: (id: number) => void }) {
  const { t } = useTranslation()
  return (
    <ul className={css.notes} aria-label={t('bell.title')}>
      {notes.map((note) => (
        <li key={note.id} data-note-id={note.id} data-unread={note.readAt === null || undefined}>
          <div className={css.words}>
            <p className={css.message}>
              <NoteText message={note.message} />
            </p>
            <div className={css.facts}>
              {note.readAt === null && (
                <span className={css.unread}>
                  <span className={css.dot} aria-hidden /> {t('bell.unread')}
                </span>
              )}
              <span>{note.author?.name ?? t('bell.system')}</span>
              <Moment at={note.createdAt} style="ago" />
            </div>
          </div>
          {note.readAt === null && (
            <ActionIcon aria-label={t('bell.markRead')} title={t('bell.markRead')} onClick={() => onRead(note.id)}>
              <IconCheck size={16} stroke={1.8} />
            </ActionIcon>
          )}
        </li>
      ))}
    </ul>
  )
}

/** The text of a note; a link opens in a new tab that knows nothing of this one. */
function NoteText({ message }: { message: string }) {
  const { t } = useTranslation()
  return readNote(message).map((piece, index) =>
    piece.href === null ? (
      <span key={`${index}`}>{piece.text}</span>
    ) : (
      <a
        key={`${index}`}
        className="link"
        href={piece.href}
        target="_blank"
        rel="noopener noreferrer"
        title={`${piece.href} (${t('bell.newTab')})`}
      >
        {piece.text}
        <IconExternalLink className={css.out} size={13} stroke={1.8} aria-hidden />
      </a>
    ),
  )
}
