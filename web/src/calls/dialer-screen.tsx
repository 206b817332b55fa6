import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle, IconCircleCheck, IconPhoneCall, IconPhoneOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import css from './dialer.module.css'
import { usePlaceCall, type CallRefusal } from './place-call.tsx'
import { isOwnCode, RefusalNotice } from './refusal-notice.tsx'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const

/** Dials any number. A link or an app may fill the number in; only the person's press calls. */
export function DialerScreen({ number: given, isAskedByApp }: { number: string; isAskedByApp: boolean }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { place, pending } = usePlaceCall()
  const [number, setNumber] = useState(given)
  const [refusal, setRefusal] = useState<CallRefusal | null>(null)
  const [asked] = useDebouncedValue(number.trim(), 250)
  const explanation = useQuery({
    queryKey: ['explain', user.id, asked],
    queryFn: () => portal.explain(asked, user.id),
    enabled: asked.length > 2,
    retry: false,
    staleTime: 10_000,
  })
  const told = asked === number.trim() && asked.length > 2 ? explanation.data : undefined

  const call = async () => {
    if (!number.trim()) return
    setRefusal(null)
    const result = await place({ number: number.trim(), display: told?.display ?? number.trim() })
    if (!result.ok) setRefusal(result.refusal)
  }

  return (
    <>
      <PageHead title={t('dialer.title')} />
      <form
        className={css.dialer}
        onSubmit={(event) => {
          event.preventDefault()
          void call()
        }}
      >
        {isAskedByApp && <p className={css.asked}>{t('dialer.askedByApp')}</p>}
        <TextInput
          classNames={{ input: css.number }}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          placeholder={t('dialer.placeholder')}
          aria-label={t('dialer.number')}
          type="tel"
          autoComplete="off"
          // An app's number must not be one Enter away from a call; on a phone the keypad is there.
          autoFocus={!isAskedByApp && !window.matchMedia('(pointer: coarse)').matches}
          data-search
        />
        <p className={css.hint} role="status">
          {told?.verdict.ok && (
            <>
              <IconCircleCheck size={16} stroke={1.8} aria-hidden />
              {t('dialer.ready', { number: told.display || told.international, target: told.target?.title ?? '' })}
            </>
          )}
          {told && !told.verdict.ok && (
            <>
              <IconAlertTriangle size={16} stroke={1.8} aria-hidden />{' '}
              {isOwnCode(told.verdict.code) ? t(`call.refusal.${told.verdict.code}`) : told.verdict.text}
            </>
          )}
          {!told && asked.length > 2 && explanation.isError && (
            <>
              <IconPhoneOff size={16} stroke={1.8} aria-hidden /> {explanation.error.message}
            </>
          )}
        </p>
        <div className={css.pad} aria-label={t('dialer.pad')}>
          {digits.map((digit) => (
            <button key={digit} type="button" className={css.key} onClick={() => setNumber((text) => text + digit)}>
              {digit}
            </button>
          ))}
        </div>
        <Button
          type="submit"
          fullWidth
          h={48}
          radius="xl"
          leftSection={<IconPhoneCall size={20} stroke={1.8} />}
          disabled={!number.trim()}
          loading={pending.length > 0}
        >
          {t('dialer.call')}
        </Button>
        {refusal && (
          <div className={css.refusal}>
            <RefusalNotice refusal={refusal} onClose={() => setRefusal(null)} />
          </div>
        )}
      </form>
    </>
  )
}
