import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { App } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import css from './set-up.module.css'
import { SetUpStep } from './set-up-step.tsx'

/** One's own extension, and a test that rings it. */
export function StepPhone({ app, canRing }: { app: App | null; canRing: boolean }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const queryClient = useQueryClient()
  const [extension, setExtension] = useState(user.extension ?? '')
  const save = useMutation({
    mutationFn: () => portal.changeUser(user.id, { extension: extension.trim() || null }),
    onSuccess: () => Promise.all([['session'], ['users'], ['app-report']].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  })
  const ring = useMutation({ mutationFn: (id: number) => portal.ringPhone(id, user.extension ?? '') })
  const isSaved = extension.trim() === (user.extension ?? '')
  return (
    <SetUpStep step={4} title={t('setUp.phone.title')} state={user.extension ? 'done' : 'open'}>
      <p className="quiet">{t('setUp.phone.text')}</p>
      <form
        className={css.line}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextInput
          label={t('setUp.phone.extension')}
          value={extension}
          onChange={(event) => setExtension(event.currentTarget.value)}
          inputMode="numeric"
          maw={200}
        />
        <Button type="submit" variant={isSaved ? 'default' : 'filled'} disabled={isSaved} loading={save.isPending}>
          {t('act.save')}
        </Button>
        {app && canRing && user.extension && (
          <Button variant="default" loading={ring.isPending} onClick={() => ring.mutate(app.id)}>
            {t('setUp.phone.ring')}
          </Button>
        )}
      </form>
      {save.isError && <Failure error={save.error} />}
      {ring.isError && <Failure error={ring.error} />}
      {ring.isSuccess && <p role="status">{t('setUp.phone.rings', { extension: user.extension })}</p>}
    </SetUpStep>
  )
}
