import { ActionIcon, Button, Tooltip } from '@mantine/core'
import {
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react'
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './phone.module.css'
import { PhoneMeters } from './phone-meters.tsx'
import { usePhone } from './phone-context.tsx'
import type { PhoneCall } from './phone.ts'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The buttons of a call that this tab's phone has; `children` stand among the small ones. */
export function PhoneButtons({ call, children }: { call: PhoneCall; children?: ReactNode }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const { id } = call
  if (call.state === 'rings')
    return (
      <div className={css.main} role="group" aria-label={t('call.drive.label')}>
        <Button leftSection={<IconPhone size={16} stroke={1.8} />} onClick={() => void phone.answer(id)} data-phone-answer>
          {t('call.drive.answer')}
        </Button>
        <Button variant="default" leftSection={<IconPhoneOff size={16} stroke={1.8} />} onClick={() => phone.end(id)}>
          {t('phone.decline')}
        </Button>
      </div>
    )
  return (
    <div className={css.buttons} role="group" aria-label={t('call.drive.label')}>
      <div className={css.main}>
        <Button color="red" data-grave leftSection={<IconPhoneOff size={16} stroke={1.8} />} onClick={() => phone.end(id)}>
          {t('call.drive.hangup')}
        </Button>
      </div>
      {call.isSilent && (
        <p className={css.problem} role="alert">
          {t('phone.problem.ice')}
        </p>
      )}
      {call.state === 'talks' && <TalkButtons call={call}>{children}</TalkButtons>}
    </div>
  )
}

function TalkButtons({ call, children }: { call: PhoneCall; children: ReactNode }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const [hasPad, setPad] = useState(false)
  const { id, isMuted, isHeld } = call
  return (
    <>
      <div className={css.row}>
        <Small label={t(isMuted ? 'call.drive.unmute' : 'call.drive.mute')} isOn={isMuted} onClick={() => phone.mute(id, !isMuted)}>
          {isMuted ? <IconMicrophoneOff size={18} stroke={1.7} /> : <IconMicrophone size={18} stroke={1.7} />}
        </Small>
        <Small label={t(isHeld ? 'call.drive.unhold' : 'call.drive.hold')} isOn={isHeld} onClick={() => phone.hold(id, !isHeld)}>
          {isHeld ? <IconPlayerPlay size={18} stroke={1.7} /> : <IconPlayerPause size={18} stroke={1.7} />}
        </Small>
        <Small label={t('call.drive.pad')} isOn={hasPad} onClick={() => setPad(!hasPad)}>
          <IconDialpad size={18} stroke={1.7} />
        </Small>
        {children}
        {(isMuted || isHeld) && <span className="quiet">{t(isHeld ? 'phone.isHeld' : 'phone.isMuted')}</span>}
      </div>
      {hasPad && <Pad onDigit={(digit) => phone.press(id, digit)} />}
      <PhoneMeters />
    </>
  )
}

/** Keys of the telephone; digits, * and # of the keyboard press them too, unless something is being typed. */
function Pad({ onDigit }: { onDigit: (digit: string) => void }) {
  const { t } = useTranslation()
  const [pressed, setPressed] = useState('')
  const press = (digit: string) => {
    onDigit(digit)
    setPressed((before) => (before + digit).slice(-20))
  }
  const type = useEffectEvent((event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]') !== null
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !digits.includes(event.key)) return
    event.preventDefault()
    press(event.key)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => type(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  return (
    <div>
      <p className={css.pressed} aria-live="polite">
        {pressed}
      </p>
      <div className={css.pad} role="group" aria-label={t('call.drive.pad')}>
        {digits.map((digit) => (
          <Button key={digit} variant="default" onClick={() => press(digit)}>
            {digit}
          </Button>
        ))}
      </div>
    </div>
  )
}

function Small({ label, isOn, onClick, children }: { label: string; isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon size={36} variant={isOn ? 'filled' : 'default'} aria-label={label} aria-pressed={isOn} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
