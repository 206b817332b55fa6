import { useTranslation } from 'react-i18next'
import { CopyText } from '../app/copy-text.tsx'
import css from './set-up.module.css'

/** A text to be written into a file, or typed; it is copied by one press. */
export function SetUpText({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation()
  return (
    <figure className={css.file} aria-label={title}>
      <figcaption className={css.fileHead}>
        <span className="code">{title}</span>
        <CopyText value={text} label={t('act.copy')} />
      </figcaption>
      <pre className={css.text}>{text.trimEnd()}</pre>
    </figure>
  )
}
