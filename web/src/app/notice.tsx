import { Button, Loader } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NoAnswer, Refusal } from '../api/request.ts'
import css from './notice.module.css'
import { wordsOfRefusal } from './refusal-words.ts'

/** A wait that says what it waits for. Quick answers never show it: it fades in after a moment. */
export function Waiting({ text }: { text: string }) {
  return (
    <div className={css.waiting} role="status">
      <Loader size={16} type="oval" color="gray" /> {text}
    </div>
  )
}

/** A failure: what happened and what to do. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const Icon = error instanceof NoAnswer ? IconPlugConnectedX : IconAlertTriangle
  return (
    <div className={css.failure} role="alert">
      <Icon size={20} stroke={1.7} aria-hidden />
      <div>
        <strong>{t('failure.title')}</strong>
        <p>{useFailureText(error)}</p>
        {onRetry && (
          <Button mt={8} variant="default" onClick={onRetry}>
            {t('act.retry')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** The words for an error. */
export function useFailureText(error: unknown): string {
  const { t, i18n } = useTranslation()
  if (error instanceof NoAnswer) return t('failure.noAnswer')
  if (error instanceof Refusal) {
    const { problem } = error
    if (problem.status === 404) return t('failure.notFound')
    const words = wordsOfRefusal(problem, i18n.language)
    if (problem.status === 403 && problem.code !== 'foreign_origin') return words || t('failure.forbidden')
    return words || problem.title
  }
  return t('failure.broken', { text: error instanceof Error ? error.message : String(error) })
}

interface EmptyPageProps {
  icon: ReactNode
  title: string
  text: string
  children?: ReactNode
  /** `h1` where it is the whole page */
  heading?: 'h1' | 'h2'
}

/** An empty page: what belongs here and the first step. */
export function EmptyPage({ icon, title, text, children, heading: Heading = 'h2' }: EmptyPageProps) {
  return (
    <div className={css.empty}>
      <div className={css.emptyIcon} aria-hidden>
        {icon}
      </div>
      <Heading>{title}</Heading>
      <p className="quiet">{text}</p>
      {children && <div className={css.emptyActs}>{children}</div>}
    </div>
  )
}

/** A plain warning or remark within a page; the icon says it too, not the colour alone. */
export function Notice({ kind, children, action }: { kind: 'caution' | 'info' | 'alarm'; children: ReactNode; action?: ReactNode }) {
  const Icon = kind === 'info' ? IconInfoCircle : IconAlertTriangle
  return (
    <div className={css.notice} data-kind={kind} role={kind === 'alarm' ? 'alert' : 'note'}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <div className={css.noticeWords}>{children}</div>
      {action}
    </div>
  )
}
