import { Button, TextInput } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { App, Target } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { usePlaceCall, type CallRefusal } from '../calls/place-call.tsx'
import { RefusalNotice } from '../calls/refusal-notice.tsx'
import css from './set-up.module.css'
import { SetUpStep } from './set-up-step.tsx'

/** Clicks go to the connector from here on. */
export function StepTarget({ app, target, chosen }: { app: App | null; target: Target | null; chosen: string | null }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const choose = useMutation({
    mutationFn: (portalTarget: string) => portal.changeTelephony({ portalTarget }),
    onSuccess: () => Promise.all([['telephony'], ['explain']].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  })
  const isChosen = app !== null && chosen === `app:${app.id}`
  return (
    <SetUpStep step={5} title={t('setUp.target.title')} state={isChosen ? 'done' : target?.ready ? 'open' : 'waits'}>
      <p className="quiet">{t(isChosen ? 'setUp.target.done' : 'setUp.target.text', { app: app?.title ?? '' })}</p>
      {app && !isChosen && (
        <div>
          <Button disabled={!target?.ready} loading={choose.isPending} onClick={() => choose.mutate(`app:${app.id}`)}>
            {t('setUp.target.act', { app: app.title })}
          </Button>
        </div>
      )}
      {choose.isError && <Failure error={choose.error} />}
    </SetUpStep>
  )
}

/** The first call, to a number of one's own choice. */
export function StepCall({ isReady, hasCalled }: { isReady: boolean; hasCalled: boolean }) {
  const { t } = useTranslation()
  const { place } = usePlaceCall()
  const [number, setNumber] = useState('')
  const [refusal, setRefusal] = useState<CallRefusal | null>(null)
  const call = async (): Promise<void> => {
    if (!number.trim()) return
    setRefusal(null)
    const result = await place({ number: number.trim(), display: number.trim() })
    if (!result.ok) setRefusal(result.refusal)
  }
  return (
    <SetUpStep step={6} title={t('setUp.call.title')} state={hasCalled ? 'done' : isReady ? 'open' : 'waits'}>
      <p className="quiet">{t('setUp.call.text')}</p>
      <form
        className={css.line}
        onSubmit={(event) => {
          event.preventDefault()
          void call()
        }}
      >
        <TextInput
          label={t('setUp.call.number')}
          type="tel"
          value={number}
          placeholder={t('dialer.placeholder')}
          onChange={(event) => setNumber(event.currentTarget.value)}
          autoComplete="off"
        />
        <Button type="submit" disabled={!number.trim()} leftSection={<IconPhoneCall size={16} stroke={1.8} />}>
          {t('dialer.call')}
        </Button>
      </form>
      {refusal && <RefusalNotice refusal={refusal} />}
    </SetUpStep>
  )
}
