import { IconBell } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { notesQuery } from '../api/queries.ts'
import css from './bell.module.css'

/** How many notes the person has not read; the live stream keeps it true. */
export function useUnread(): number {
  return useInfiniteQuery(notesQuery).data?.pages[0]?.unread ?? 0
}

/** The name of the bell with what it counts. */
export function useBellLabel(): string {
  const { t } = useTranslation()
  const count = useUnread()
  return count > 0 ? t('bell.open', { count }) : t('bell.openNone')
}

/** The bell of the navigation at the left. */
export function BellButton({ onOpen }: { onOpen: () => void }) {
  const label = useBellLabel()
  return (
    <button type="button" className={css.bell} aria-label={label} title={label} onClick={onOpen}>
      <IconBell size={18} stroke={1.6} aria-hidden />
      <UnreadCount />
    </button>
  )
}

/** The number on the bell; nothing when all is read. */
export function UnreadCount() {
  const count = useUnread()
  if (count === 0) return null
  return (
    <span className={css.count} aria-hidden>
      {count > 99 ? '99+' : count}
    </span>
  )
}
