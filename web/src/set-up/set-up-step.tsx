import { IconAlertTriangle, IconCircle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './set-up.module.css'

/** `waits`: something before it is missing, or nobody has looked yet. */
export type StepState = 'done' | 'open' | 'wrong' | 'waits'

const icons = { done: IconCircleCheck, open: IconCircle, wrong: IconAlertTriangle, waits: IconCircle } as const

/** One step of the set-up: its number, what it is, and whether it is done, in words too. */
export function SetUpStep({ step, title, state, children }: { step: number; title: string; state: StepState; children: ReactNode }) {
  const { t } = useTranslation()
  const Icon = icons[state]
  const id = `set-up-${step}`
  return (
    <section className={css.step} aria-labelledby={id} data-step={step} data-state={state}>
      <div className={css.stepHead}>
        <span className={css.number} aria-hidden>
          {step}
        </span>
        <h2 id={id}>{title}</h2>
        <span className={css.state}>
          <Icon size={16} stroke={1.8} aria-hidden /> {t(`setUp.state.${state}`)}
        </span>
      </div>
      <div className={css.body}>{children}</div>
    </section>
  )
}
