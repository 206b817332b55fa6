import { Button, Modal } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { notesQuery } from '../api/queries.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { Failure, Waiting } from '../app/notice.tsx'
import css from './bell.module.css'
import { NoteList } from './note-list.tsx'

/** What applications and the system told the person, newest first. */
export function BellDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const notes = useInfiniteQuery(notesQuery)
  const refresh = () => queryClient.invalidateQueries({ queryKey: notesQuery.queryKey })
  const read = useMutation({ mutationFn: (id: number) => portal.readNote(id), onSettled: refresh })
  const readAll = useMutation({ mutationFn: () => portal.readAllNotes(), onSettled: refresh })
  const pages = notes.data?.pages ?? []
  const all = pages.flatMap((page) => page.items)
  const failed = [read, readAll].find((one) => one.isError)

  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('bell.title')}
      closeButtonProps={{ 'aria-label': t('act.close') }}
      centered={false}
      yOffset="8dvh"
    >
      {notes.isPending && <Waiting text={t('wait.list', { what: t('bell.what') })} />}
      {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
      {failed && <Failure error={failed.error} />}
      {notes.isSuccess && all.length === 0 && <p className="quiet">{t('bell.empty')}</p>}
      {all.length > 0 && (
        <>
          {(pages[0]?.unread ?? 0) > 0 && (
            <div className={css.acts}>
              <Button variant="default" size="compact-sm" loading={readAll.isPending} onClick={() => readAll.mutate()}>
                {t('bell.readAll')}
              </Button>
            </div>
          )}
          <NoteList notes={all} onRead={(id) => read.mutate(id)} />
          <MoreRows hasMore={notes.hasNextPage} isFetching={notes.isFetchingNextPage} onMore={() => void notes.fetchNextPage()} />
        </>
      )}
    </Modal>
  )
}
