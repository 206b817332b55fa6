import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyText } from '../app/copy-text.tsx'
import { Notice } from '../app/notice.tsx'
import css from './settings.module.css'

interface SecretOnceProps {
  title: string
  text: string
  value: string
  onDone: () => void
}

/** A secret that is shown this one time. */
export function SecretOnce({ title, text, value, onDone }: SecretOnceProps) {
  const { t } = useTranslation()
  return (
    <div className={css.form}>
      {title ? (
        <Notice kind="caution">
          <strong>{title}.</strong> {text}
        </Notice>
      ) : (
        <p className="quiet">{text}</p>
      )}
      <div className={css.once}>
        <code className={css.onceValue} data-secret>
          {value}
        </code>
        <CopyText value={value} label={t('once.copy')} />
      </div>
      <div className={css.acts}>
        <Button onClick={onDone}>{t('once.stored')}</Button>
      </div>
    </div>
  )
}
