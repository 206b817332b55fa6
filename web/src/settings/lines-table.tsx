import { useTranslation } from 'react-i18next'
import type { Line } from '../api/types.ts'
import table from '../app/table.module.css'
import css from './settings.module.css'

/** The external numbers of phone apps. */
export function LinesTable({ lines }: { lines: Line[] }) {
  const { t } = useTranslation()
  if (lines.length === 0) return <p className="faint">{t('telephony.noLines')}</p>
  return (
    <table className={`${table.table} ${css.lines}`}>
      <thead>
        <tr>
          <th>{t('telephony.lineNumber')}</th>
          <th>{t('telephony.lineName')}</th>
          <th>{t('telephony.lineOwner')}</th>
          <th>{t('telephony.lineAutoCreate')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id}>
            <td className="tabular">{line.number}</td>
            <td>{line.name}</td>
            <td className="quiet">{line.ownerTitle}</td>
            <td className="quiet">{t(line.crmAutoCreate ? 'telephony.lineCreates' : 'telephony.lineCreatesNot')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
