import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { usersQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { useFailureText } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import { ChoiceList } from '../applications/choice-list.tsx'

/** Who shall take a talk over: a colleague of the list, or an extension that is typed. `onDone` is called when their phone rings. */
export function TransferDialog({ callId, onDone, onCancel }: { callId: string; onDone: (name: string) => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const { user: self } = useSession()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const found = useInfiniteQuery({ ...usersQuery(search), placeholderData: keepPreviousData })
  const users = (found.data?.pages.flatMap((page) => page.items) ?? []).filter((user) => isReachable(user) && user.id !== self.id)
  const typed = text.trim()
  const isTyped = /^\d{1,20}$/.test(typed) && !users.some((user) => user.extension === typed)
  const choices = [
    ...users.map((user) => ({ key: user.extension!, title: nameOf(user), note: user.extension! })),
    ...(isTyped ? [{ key: typed, title: t('call.transfer.extension', { extension: typed }), note: '' }] : []),
  ]
  const transfer = useMutation({
    mutationFn: (extension: string) => portal.transferCall(callId, extension),
    onSuccess: (_, extension) => onDone(choices.find((one) => one.key === extension)?.title ?? extension),
  })
  const problem = useFailureText(transfer.error)
  return (
    <ChoiceList
      title={t('call.transfer.title')}
      label={t('call.transfer.who')}
      text={text}
      onText={setText}
      hint={t(found.isFetching ? 'find.waiting' : 'call.transfer.nobody')}
      problem={transfer.error && problem}
      choices={choices}
      chosen={null}
      onChoose={(extension) => !transfer.isPending && transfer.mutate(extension)}
      onDone={onCancel}
      onCancel={onCancel}
    />
  )
}

function isReachable(user: User): boolean {
  return user.isActive && /^\d{1,20}$/.test(user.extension ?? '')
}

function nameOf(user: User): string {
  return [user.name, user.lastName].filter(Boolean).join(' ') || user.email
}
