import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { App, AppSecret } from '../api/types.ts'
import { Failure, Notice } from '../app/notice.tsx'
import { asteriskFiles, commands, connectorFile, makePassword } from './files.ts'
import css from './set-up.module.css'
import { SetUpText } from './set-up-file.tsx'
import { SetUpStep } from './set-up-step.tsx'

interface StepFilesProps {
  app: App | null
  /** null: it was shown before and is not known any more */
  secret: AppSecret | null
  onSecret: (secret: AppSecret) => void
  /** the connector answers: what is written here was done */
  isDone: boolean
}

/** What is to be written on the Asterisk machine, ready to be copied. */
export function StepFiles({ app, secret, onSecret, isDone }: StepFilesProps) {
  const { t } = useTranslation()
  const [password] = useState(makePassword)
  const [line, setLine] = useState('+15550100')
  const [trunk, setTrunk] = useState('trunk')
  const renew = useMutation({ mutationFn: (id: number) => portal.rotateAppSecret(id), onSuccess: onSecret })
  if (!app || (isDone && !secret))
    return (
      <SetUpStep step={2} title={t('setUp.files.title')} state={isDone ? 'done' : 'waits'}>
        <p className="quiet">{t(isDone ? 'setUp.files.done' : 'setUp.files.waits')}</p>
      </SetUpStep>
    )
  const clientSecret = secret?.app.id === app.id ? secret.clientSecret : t('setUp.files.secretHere')
  const values = { clientId: app.clientId, clientSecret, portalUrl: location.origin, password, line: line.trim(), trunk: trunk.trim() }
  const file = connectorFile(values)
  return (
    <SetUpStep step={2} title={t('setUp.files.title')} state={isDone ? 'done' : 'open'}>
      <p className="quiet">{t('setUp.files.text')}</p>
      {asteriskFiles(values).map(({ path, text }) => (
        <SetUpText key={path} title={path} text={text} />
      ))}
      <SetUpText title={t('setUp.files.asRoot')} text={commands.asterisk} />
      <div className={css.fields}>
        <TextInput label={t('setUp.files.line')} value={line} onChange={(event) => setLine(event.currentTarget.value)} type="tel" />
        <TextInput label={t('setUp.files.trunk')} value={trunk} onChange={(event) => setTrunk(event.currentTarget.value)} />
      </div>
      {secret?.app.id === app.id ? (
        <Notice kind="caution">{t('setUp.files.once')}</Notice>
      ) : (
        <Notice
          kind="info"
          action={
            <Button variant="default" size="compact-sm" loading={renew.isPending} onClick={() => renew.mutate(app.id)}>
              {t('setUp.files.newSecret')}
            </Button>
          }
        >
          {t('setUp.files.gone')}
        </Notice>
      )}
      {renew.isError && <Failure error={renew.error} />}
      <SetUpText title={file.path} text={file.text} />
      <SetUpText title={t('setUp.files.start')} text={commands.connector} />
    </SetUpStep>
  )
}
