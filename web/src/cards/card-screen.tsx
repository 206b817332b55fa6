import { ActionIcon, Button, Menu, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf, portal } from '../api/portal.ts'
import { cardQuery, timelineQuery } from '../api/queries.ts'
import type { EntityInput, EntityKind } from '../api/types.ts'
import { MoreRows } from '../app/more-rows.tsx'
import { Failure, useFailureText, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import { CardForm } from './card-form.tsx'
import css from './card-screen.module.css'
import { Facts } from './facts.tsx'
import { NoteForm } from './note-form.tsx'
import { Timeline } from './timeline.tsx'

/** The page of one contact, company or lead: facts at the left, timeline at the right. */
export function CardScreen({ kind, id }: { kind: EntityKind; id: number }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user } = useSession()
  const queryClient = useQueryClient()
  const card = useQuery(cardQuery(kind, id))
  const timeline = useInfiniteQuery(timelineQuery(kind, id))
  const [isEditing, setEditing] = useState(false)
  const [asksDelete, setAsksDelete] = useState(false)
  const list = `/${collectionOf[kind]}` as const

  const save = useMutation({
    mutationFn: (input: EntityInput) => portal.changeCard(kind, id, input),
    onSuccess: async (saved) => {
      queryClient.setQueryData(cardQuery(kind, id).queryKey, saved)
      setEditing(false)
      await queryClient.invalidateQueries({ queryKey: ['rows', kind] })
    },
  })
  const remove = useMutation({
    mutationFn: () => portal.deleteCard(kind, id),
    onSuccess: async () => {
      notifications.show({ message: t('card.deleted', { name: card.data?.title ?? '' }) })
      queryClient.removeQueries({ queryKey: ['card', kind, id] })
      await queryClient.invalidateQueries({ queryKey: ['rows', kind] })
      await navigate({ to: list })
    },
  })
  const removeText = useFailureText(remove.error)
  const refreshTimeline = () => queryClient.invalidateQueries({ queryKey: ['timeline', kind, id] })
  const addNote = useMutation({ mutationFn: (text: string) => portal.addNote(kind, id, text), onSuccess: refreshTimeline })
  const deleteNote = useMutation({ mutationFn: (noteId: number) => portal.deleteNote(noteId), onSettled: refreshTimeline })

  if (card.isPending) return <Waiting text={t('wait.page')} />
  if (card.isError) return <Failure error={card.error} onRetry={() => void card.refetch()} />
  const facts = card.data
  const entries = timeline.data?.pages.flatMap((page) => page.items) ?? []

  return (
    <>
      <PageHead
        title={facts.title}
        back={{ to: list, label: t(`kind.${kind}.many`) }}
        below={kind === 'contact' ? [facts.position, facts.company?.title].filter(Boolean).join(' · ') : facts.subtitle}
      >
        {!isEditing && (
          <Button variant="default" leftSection={<IconPencil size={16} stroke={1.7} />} onClick={() => setEditing(true)} data-edit>
            {t('act.edit')}
          </Button>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('act.actions')}>
              <IconDots size={18} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconTrash size={16} stroke={1.7} />} onClick={() => setAsksDelete(true)}>
              {t('act.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </PageHead>
      <div className={css.card}>
        <section className={css.facts} aria-label={t('card.facts')}>
          {isEditing ? (
            <CardForm
              kind={kind}
              card={facts}
              phone=""
              error={save.error}
              isSaving={save.isPending}
              onSave={(input) => save.mutate(input)}
              onCancel={() => setEditing(false)}
            />
          ) : (
            <Facts card={facts} onAddPhone={() => setEditing(true)} />
          )}
        </section>
        <section className={css.timeline} aria-label={t('timeline.title')}>
          <h2 className={css.heading}>{t('timeline.title')}</h2>
          <NoteForm
            error={addNote.error}
            isSaving={addNote.isPending}
            onAdd={(text) =>
              addNote.mutateAsync(text).then(
                () => true,
                () => false,
              )
            }
          />
          {deleteNote.isError && <Failure error={deleteNote.error} />}
          {timeline.isPending && <Waiting text={t('wait.list', { what: t('timeline.what') })} />}
          {timeline.isError && <Failure error={timeline.error} onRetry={() => void timeline.refetch()} />}
          {timeline.isSuccess && (
            <Timeline
              entries={entries}
              hasPhone={facts.phones.length > 0}
              name={facts.title}
              maysDelete={(entry) => entry.kind === 'note' && (user.isAdmin || entry.author?.id === user.id)}
              onDeleteNote={(noteId) => deleteNote.mutate(noteId)}
            />
          )}
          <MoreRows hasMore={timeline.hasNextPage} isFetching={timeline.isFetchingNextPage} onMore={() => void timeline.fetchNextPage()} />
        </section>
      </div>
      <Modal
        opened={asksDelete}
        onClose={() => setAsksDelete(false)}
        title={t('card.deleteTitle', { name: facts.title })}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <p>{t('card.deleteText')}</p>
        {remove.isError && <p role="alert">{removeText}</p>}
        <div className={css.acts}>
          <Button variant="default" onClick={() => setAsksDelete(false)} data-autofocus>
            {t('act.cancel')}
          </Button>
          <Button color="red" data-grave loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('act.delete')}
          </Button>
        </div>
      </Modal>
    </>
  )
}
