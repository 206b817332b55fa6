import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { handlerSecretQuery } from '../api/queries.ts'
import type { Handler } from '../api/types.ts'
import { CopyText } from '../app/copy-text.tsx'
import { Failure } from '../app/notice.tsx'
import { useNow } from '../app/now.ts'
import { Moment } from '../app/time.tsx'
import css from './handlers.module.css'

interface SecretBlockProps {
  handler: Handler
  job: { mutate: (_: undefined, options: { onSuccess: () => void }) => void; isPending: boolean; error: Error | null }
}

/** The secret that signs, shown when it is asked for, and how it is changed without a gap. */
export function SecretBlock({ handler, job }: SecretBlockProps) {
  const { t } = useTranslation()
  const now = useNow()
  const [isShown, setShown] = useState(false)
  const [asks, setAsks] = useState(false)
  const secret = useQuery({ ...handlerSecretQuery(handler.id), enabled: isShown })
  return (
    <section className={css.block}>
      <h2>{t('handlers.secret')}</h2>
      <p className="quiet">{t('handlers.secretText')}</p>
      {isShown && secret.isSuccess && (
        <div className={css.secret}>
          <code className="code">{secret.data.secret}</code>
          <CopyText value={secret.data.secret} />
        </div>
      )}
      {isShown && secret.isError && <Failure error={secret.error} onRetry={() => void secret.refetch()} />}
      {handler.oldSecretUntil !== null && handler.oldSecretUntil > now && (
        <p>
          {t('handlers.oldSecret')} <Moment at={handler.oldSecretUntil} style="exact" />
        </p>
      )}
      <div className={css.acts}>
        <Button variant="default" onClick={() => setShown(!isShown)}>
          {t(isShown ? 'handlers.hideSecret' : 'handlers.showSecret')}
        </Button>
        <Button variant="default" onClick={() => setAsks(true)}>
          {t('handlers.rotate')}
        </Button>
      </div>
      <Modal
        opened={asks}
        onClose={() => setAsks(false)}
        title={t('handlers.rotateTitle')}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <p>{t('handlers.rotateText')}</p>
        {job.error && <Failure error={job.error} />}
        <div className={css.acts}>
          <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
            {t('act.cancel')}
          </Button>
          <Button loading={job.isPending} onClick={() => job.mutate(undefined, { onSuccess: () => (setAsks(false), setShown(true)) })}>
            {t('handlers.rotate')}
          </Button>
        </div>
      </Modal>
    </section>
  )
}
