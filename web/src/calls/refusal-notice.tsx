import { Button, CloseButton } from '@mantine/core'
import { IconPhoneOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import type { CallRefusal } from './place-call.tsx'
import css from './refusal-notice.module.css'

const setUpCodes = ['no_target', 'not_installed', 'no_handler', 'handler_disabled'] as const
const numberCodes = ['number_empty', 'number_letters', 'number_service_code'] as const
const ownWords = [...setUpCodes, ...numberCodes, 'no_answer'] as const

type SetUpCode = (typeof setUpCodes)[number]
type OwnCode = (typeof ownWords)[number]

const isSetUpCode = (code: string): code is SetUpCode => (setUpCodes as readonly string[]).includes(code)
/** Whether a refusal has words of ours, in the language of the person. */
export const isOwnCode = (code: string): code is OwnCode => (ownWords as readonly string[]).includes(code)

/** Why nothing was called, what to do, and where. */
export function RefusalNotice({ refusal, onClose }: { refusal: CallRefusal; onClose?: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { code } = refusal
  const isSetUp = isSetUpCode(code)
  const adminText = isSetUp || code === 'number_service_code' ? t(`call.refusal.${code}Admin`) : refusal.adminText
  return (
    <div className={css.notice} role="alert">
      <IconPhoneOff className={css.icon} size={18} stroke={1.8} aria-hidden />
      <div className={css.words}>
        <strong>
          {isSetUp ? t('call.refusal.title') : code === 'no_answer' ? t('call.refusal.noAnswerTitle') : t('call.refusal.numberTitle')}
        </strong>
        <p>{isOwnCode(code) ? t(`call.refusal.${code}`) : refusal.text}</p>
        {adminText && <p className="quiet">{user.isAdmin ? adminText : t('call.refusal.askAdmin', { text: adminText })}</p>}
        <div className={css.actions}>
          {(isSetUp || code === 'number_service_code') && user.isAdmin && (
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
