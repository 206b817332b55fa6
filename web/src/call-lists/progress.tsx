import { useTranslation } from 'react-i18next'
import css from './call-lists.module.css'

/** How far a call list is: a bar and "2 of 7". */
export function Progress({ done, total }: { done: number; total: number }) {
  const { t } = useTranslation()
  return (
    <span className={css.progress}>
      <span className={css.bar} aria-hidden>
        <span style={{ width: `${total > 0 ? (done / total) * 100 : 0}%` }} />
      </span>
      <span className="tabular">{t('lists.progressText', { done, total })}</span>
    </span>
  )
}
