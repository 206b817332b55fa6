import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { AppReport } from '../api/types.ts'
import type { Finding } from './findings.ts'
import css from './set-up.module.css'
import { SetUpStep } from './set-up-step.tsx'

/** What the portal knows of the connector, and the connector of its PBX, looked at again every few seconds. */
export function StepChecks({ findings, report }: { findings: Finding[] | null; report: AppReport | null }) {
  const { t } = useTranslation()
  const isGood = findings?.every((finding) => finding.isGood) ?? false
  return (
    <SetUpStep step={3} title={t('setUp.checks.title')} state={findings === null ? 'waits' : isGood ? 'done' : 'wrong'}>
      <p className="quiet">{t(findings === null ? 'setUp.checks.waits' : 'setUp.checks.text')}</p>
      {findings !== null && (
        <ul className={css.findings} aria-label={t('setUp.checks.title')} aria-live="polite">
          {findings.map((finding) => (
            <FindingRow key={finding.key} finding={finding} pbx={report?.pbx ?? ''} />
          ))}
        </ul>
      )}
    </SetUpStep>
  )
}

function FindingRow({ finding, pbx }: { finding: Finding; pbx: string }) {
  const { t, i18n } = useTranslation()
  const { name, subject, isGood, advice, text } = finding
  const words = advice === null ? text : t(`setUp.finding.advice.${advice}`, { subject })
  // the app's own words say more of a failure that ours do not know, and are English
  const isMore = text !== '' && advice !== null && (i18n.language === 'en' || name === 'installed' || name === 'answers')
  return (
    <li className={css.finding} data-finding={name} data-good={isGood}>
      {isGood ? <IconCircleCheck size={18} stroke={1.8} aria-hidden /> : <IconAlertTriangle size={18} stroke={1.8} aria-hidden />}
      <div>
        <span className={css.findingName}>
          {t(`setUp.finding.name.${name}`, { subject })}: {t(isGood ? 'setUp.finding.good' : 'setUp.finding.bad')}
          {name === 'ari' && isGood && pbx !== '' && <span className="faint"> · {pbx}</span>}
        </span>
        {!isGood && <p>{words}</p>}
        {!isGood && isMore && <p className="faint">{text}</p>}
      </div>
    </li>
  )
}
