import { Button, CloseButton } from '@mantine/core'
import { IconPhoneOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import type { CallRefusal } from './place-call.tsx'
import css from './refusal-notice.module.css'

const ownWords = ['no_target', 'not_installed', 'no_handler', 'handler_disabled', 'no_answer'] as const

function isOwn(code: string): code is (typeof ownWords)[number] {
  return (ownWords as readonly string[]).includes(code)
}

/** Why nothing was called, what to do, and where. */
export function RefusalNotice({ refusal, onClose }: { refusal: CallRefusal; onClose?: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const isSetUp = isOwn(refusal.code) && refusal.code !== 'no_answer'
  const adminText = isOwn(refusal.code) && refusal.code !== 'no_answer' ? t(`call.refusal.${refusal.code}Admin`) : refusal.adminText
  return (
    <div className={css.notice} role="alert">
      <IconPhoneOff className={css.icon} size={18} stroke={1.8} aria-hidden />
      <div className={css.words}>
        <strong>{isSetUp ? t('call.refusal.title') : refusal.code === 'no_answer' ? t('call.refusal.noAnswerTitle') : t('call.refusal.numberTitle')}</strong>
        <p>{isOwn(refusal.code) ? t(`call.refusal.${refusal.code}`) : refusal.text}</p>
        {adminText && <p className="quiet">{user.isAdmin ? adminText : t('call.refusal.askAdmin', { text: adminText })}</p>}
        <div className={css.actions}>
          {isSetUp && user.isAdmin && (
            <Button component={Link} to="/settings/telephony" variant="light" size="compact-sm">
              {t('call.refusal.openSettings')}
            </Button>
          )}
          {refusal.traceId !== null && (
            <Link className="link" to="/traces/$id" params={{ id: String(refusal.traceId) }}>
              {t('call.why')}
            </Link>
          )}
        </div>
      </div>
      {onClose && <CloseButton size="sm" onClick={onClose} aria-label={t('act.close')} />}
    </div>
  )
}
