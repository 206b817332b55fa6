import { Button, Modal, TextInput } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { Failure } from '../app/notice.tsx'
import css from './call-lists.module.css'

interface NewCallListProps {
  entityKind: 'contact' | 'company'
  ids: number[]
  onClear: () => void
}

/** What can be done with the ticked rows of a list: a call list of them. */
export function NewCallList({ entityKind, ids, onClear }: NewCallListProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [title, setTitle] = useState('')
  const add = useMutation({
    mutationFn: () => portal.addCallList({ entityKind, entityIds: ids, ...(title.trim() ? { title: title.trim() } : {}) }),
    onSuccess: async (list) => {
      await queryClient.invalidateQueries({ queryKey: ['call-lists'] })
      await navigate({ to: '/call-lists/$id', params: { id: String(list.id) } })
    },
  })
  return (
    <div className={css.selection} role="region" aria-label={t('lists.make')}>
      <span>{t('lists.selected', { count: ids.length })}</span>
      <Button size="compact-sm" leftSection={<IconListCheck size={16} stroke={1.7} />} onClick={() => setOpen(true)}>
        {t('lists.make')}
      </Button>
      <Button size="compact-sm" variant="subtle" data-quiet color="gray" onClick={onClear}>
        {t('act.clear')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('lists.makeTitle')}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            add.mutate()
          }}
        >
          <TextInput
            label={t('lists.makeName')}
            placeholder={t('lists.makePlaceholder')}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            maxLength={255}
            data-autofocus
          />
          {add.isError && <Failure error={add.error} />}
          <Button type="submit" mt={16} loading={add.isPending}>
            {t('lists.create')}
          </Button>
        </form>
      </Modal>
    </div>
  )
}
