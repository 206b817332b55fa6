import { ActionIcon, Button, Textarea, Tooltip } from '@mantine/core'
import {
  IconArrowForwardUp,
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconNote,
  IconPhone,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconStar,
  type Icon,
} from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CardControl, UiState } from './card-desk.ts'
import css from './card-buttons.module.css'

/** A button that only says that it was pressed. */
export type CardPress =
  | 'answer'
  | 'skip'
  | 'makeCall'
  | 'hangup'
  | 'completeTransfer'
  | 'cancelTransfer'
  | 'close'
  | 'notifyAdmin'
  | 'next'
  | 'mute'
  | 'hold'
  | 'transfer'

interface CardButtonsProps {
  control: CardControl
  /** the call belongs to a call list */
  isInList: boolean
  onPress: (press: CardPress) => void
  onDigit: (digit: string) => void
  onRate: (vote: string) => void
  onNote: (text: string) => void
}

/** Which buttons a state of the card has, the main one first (contract 8.6). */
const presses: Readonly<Record<UiState, readonly CardPress[]>> = {
  incoming: ['answer', 'skip'],
  transferIncoming: ['answer', 'skip'],
  outgoing: ['makeCall'],
  connectingIncoming: ['hangup'],
  connectingOutgoing: ['hangup'],
  connected: ['hangup'],
  transferring: ['completeTransfer', 'cancelTransfer'],
  transferFailed: ['cancelTransfer'],
  transferConnected: ['hangup'],
  error: ['close'],
  moneyError: ['notifyAdmin', 'close'],
  redial: ['makeCall'],
}
const icons: Partial<Record<CardPress, Icon>> = { answer: IconPhone, makeCall: IconPhone, hangup: IconPhoneOff }
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']
const votes = ['1', '2', '3', '4', '5']

/** The buttons of a call card that a background page of an app drives. */
export function CardButtons({ control, isInList, onPress, onDigit, onRate, onNote }: CardButtonsProps) {
  const { t } = useTranslation()
  const [panel, setPanel] = useState<'pad' | 'rate' | 'note' | null>(null)
  const [note, setNote] = useState('')
  const isTalking = control.uiState === 'connected'
  const toggle = (name: 'pad' | 'rate' | 'note') => () => setPanel((open) => (open === name ? null : name))
  const main = [...presses[control.uiState], ...(isInList && !isTalking ? (['next'] as const) : [])]
  return (
    <div className={css.buttons} role="group" aria-label={t('call.drive.label')}>
      <div className={css.main}>
        {main.map((press, index) => {
          const PressIcon = icons[press]
          return (
            <Button
              key={press}
              fullWidth
              variant={index === 0 ? 'filled' : 'default'}
              {...(press === 'hangup' && { color: 'red', 'data-grave': true })}
              leftSection={PressIcon && <PressIcon size={16} stroke={1.8} />}
              onClick={() => onPress(press)}
            >
              {t(`call.drive.${press}`)}
            </Button>
          )
        })}
      </div>
      <div className={css.row}>
        {isTalking && (
          <>
            <Small
              label={t(control.isMuted ? 'call.drive.unmute' : 'call.drive.mute')}
              isOn={control.isMuted}
              onClick={() => onPress('mute')}
            >
              {control.isMuted ? <IconMicrophoneOff size={18} stroke={1.7} /> : <IconMicrophone size={18} stroke={1.7} />}
            </Small>
            <Small
              label={t(control.isHeld ? 'call.drive.unhold' : 'call.drive.hold')}
              isOn={control.isHeld}
              onClick={() => onPress('hold')}
            >
              {control.isHeld ? <IconPlayerPlay size={18} stroke={1.7} /> : <IconPlayerPause size={18} stroke={1.7} />}
            </Small>
            <Small label={t('call.drive.transfer')} onClick={() => onPress('transfer')}>
              <IconArrowForwardUp size={18} stroke={1.7} />
            </Small>
            <Small label={t('call.drive.pad')} isOn={panel === 'pad'} onClick={toggle('pad')}>
              <IconDialpad size={18} stroke={1.7} />
            </Small>
            <Small label={t('call.drive.rate')} isOn={panel === 'rate'} onClick={toggle('rate')}>
              <IconStar size={18} stroke={1.7} />
            </Small>
          </>
        )}
        <Small label={t('call.drive.note')} isOn={panel === 'note'} onClick={toggle('note')}>
          <IconNote size={18} stroke={1.7} />
        </Small>
      </div>
      {panel === 'pad' && isTalking && (
        <div className={css.pad} role="group" aria-label={t('call.drive.pad')}>
          {digits.map((digit) => (
            <Button key={digit} variant="default" onClick={() => onDigit(digit)}>
              {digit}
            </Button>
          ))}
        </div>
      )}
      {panel === 'rate' && isTalking && (
        <div className={css.row} role="group" aria-label={t('call.drive.rate')}>
          {votes.map((vote) => (
            <Button key={vote} variant="default" size="compact-md" onClick={() => (onRate(vote), setPanel(null))}>
              {vote}
            </Button>
          ))}
        </div>
      )}
      {panel === 'note' && (
        <form
          className={css.note}
          onSubmit={(event) => {
            event.preventDefault()
            onNote(note.trim())
            setNote('')
            setPanel(null)
          }}
        >
          <Textarea
            aria-label={t('call.drive.noteText')}
            placeholder={t('call.drive.noteText')}
            autosize
            minRows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={note.trim() === ''}>
            {t('call.drive.saveNote')}
          </Button>
        </form>
      )}
    </div>
  )
}

function Small({ label, isOn, onClick, children }: { label: string; isOn?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon
        size={36}
        variant={isOn ? 'filled' : 'default'}
        aria-label={label}
        {...(isOn !== undefined && { 'aria-pressed': isOn })}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
