import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { AppSecret } from '../api/types.ts'
import { CopyText } from '../app/copy-text.tsx'
import { SecretOnce } from '../settings/secret-once.tsx'
import css from './applications.module.css'

/** The client id and, this one time, the secret. It closes only by its own button, so it is not lost by a slip. */
export function SecretDialog({ secret, onClose }: { secret: AppSecret; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('apps.secretTitle', { name: secret.app.title })}
      size={560}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className={css.pair}>
        <span className="faint">{t('apps.clientId')}</span>
        <span className={css.copied}>
          <code className="code">{secret.app.clientId}</code>
          <CopyText value={secret.app.clientId} />
        </span>
      </div>
      <SecretOnce title={t('apps.secret')} text={t('apps.secretOnce')} value={secret.clientSecret} onDone={onClose} />
    </Modal>
  )
}
