import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Target } from '../api/types.ts'
import css from './settings.module.css'

interface TargetChoiceProps {
  name: string
  legend: string
  targets: Target[]
  chosen: string | null
  noneLabel: string
  disabled: boolean
  onChoose: (id: string | null) => void
}

const problemWords = ['not_installed', 'no_handler', 'handler_disabled'] as const
const isOwnProblem = (code: string): code is (typeof problemWords)[number] => (problemWords as readonly string[]).includes(code)

/** One of all targets; each says whether a click would get through, or what is missing. */
export function TargetChoice({ name, legend, targets, chosen, noneLabel, disabled, onChoose }: TargetChoiceProps) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.targets} aria-label={legend}>
      <label className={css.target}>
        <input type="radio" name={name} checked={chosen === null} disabled={disabled} onChange={() => onChoose(null)} />
        <span className="quiet">{noneLabel}</span>
      </label>
      {targets.map((target) => (
        <label key={target.id} className={css.target}>
          <input type="radio" name={name} checked={chosen === target.id} disabled={disabled} onChange={() => onChoose(target.id)} />
          <span className={css.targetWords}>
            <span className={css.targetTitle}>{target.title}</span>
            <span className="faint">
              {t(`telephony.kind.${target.kind}`)}
              {target.number && <span className="tabular"> · {target.number}</span>}
            </span>
          </span>
          {target.ready ? (
            <span className={css.state} data-good>
              <IconCircleCheck size={16} stroke={1.8} aria-hidden /> {t('telephony.ready')}
            </span>
          ) : (
            <span className={css.state} data-bad>
              <IconAlertTriangle size={16} stroke={1.8} aria-hidden /> {t('telephony.notReady')}
            </span>
          )}
          {target.problem && (
            <span className={css.problem}>
              {isOwnProblem(target.problem.code) ? t(`telephony.problem.${target.problem.code}`) : target.problem.text}
            </span>
          )}
        </label>
      ))}
    </fieldset>
  )
}
