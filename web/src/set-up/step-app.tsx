import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { App, AppSecret } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { isWebAddress } from '../settings/known-names.ts'
import css from './set-up.module.css'
import { SetUpStep } from './set-up-step.tsx'

const scope = ['telephony', 'crm', 'user_brief']
const usualInstallUrl = 'http://127.0.0.1:8486/install'

interface StepAppProps {
  apps: App[]
  app: App | null
  onChoose: (id: number | null) => void
  /** the secret is shown in the next step, this one time */
  onSecret: (secret: AppSecret) => void
}

/** The connector is an application of the portal: register it, or go on with one that is there. */
export function StepApp({ apps, app, onChoose, onSecret }: StepAppProps) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [installUrl, setInstallUrl] = useState(usualInstallUrl)
  const add = useMutation({
    mutationFn: () => portal.addApp({ title: 'Asterisk', kind: 'api', url: '', installUrl: installUrl.trim(), scope }),
    async onSuccess(secret) {
      onSecret(secret)
      await queryClient.invalidateQueries({ queryKey: ['apps'] })
      onChoose(secret.app.id)
    },
  })
  const isAddress = isWebAddress(installUrl.trim())
  return (
    <SetUpStep step={1} title={t('setUp.app.title')} state={app ? 'done' : 'open'}>
      <p className="quiet">{t('setUp.app.text')}</p>
      {apps.length > 0 && (
        <NativeSelect
          label={t('setUp.app.choose')}
          value={app ? String(app.id) : ''}
          onChange={(event) => onChoose(Number(event.currentTarget.value) || null)}
          data={[
            { value: '', label: t('setUp.app.new') },
            ...apps.map((one) => ({ value: String(one.id), label: `${one.title} · ${one.installUrl}` })),
          ]}
          maw={520}
        />
      )}
      {!app && (
        <form
          className={css.line}
          onSubmit={(event) => {
            event.preventDefault()
            if (isAddress) add.mutate()
          }}
        >
          <TextInput
            label={t('setUp.app.installUrl')}
            description={t('setUp.app.installUrlText')}
            type="url"
            value={installUrl}
            error={isAddress ? null : t('apps.needUrl')}
            onChange={(event) => setInstallUrl(event.currentTarget.value)}
          />
          <Button type="submit" loading={add.isPending}>
            {t('setUp.app.add')}
          </Button>
        </form>
      )}
      {add.isError && <Failure error={add.error} />}
    </SetUpStep>
  )
}
