import { Button, Modal, Select, Switch } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './phone.module.css'
import { usePhone, usePhoneDevices, usePhoneView, usePhoneWish } from './phone-context.tsx'
import { PhoneMeters } from './phone-meters.tsx'

/** Switches the phone of this browser on and off; says what is wrong; chooses microphone and loudspeaker. */
export function PhoneDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const { state, calls } = usePhoneView()
  const { isWanted, want } = usePhoneWish()
  const [devices, setDevices] = usePhoneDevices()
  const known = useDevices(state.kind)
  const choose = (change: Partial<typeof devices>) => {
    const next = { ...devices, ...change }
    setDevices(next)
    void phone.useDevices(next).catch(() => undefined)
  }
  const optionsOf = (kind: MediaDeviceKind) => [
    { value: '', label: t('phone.usual') },
    ...known
      .filter((one) => one.kind === kind && one.deviceId !== '' && one.deviceId !== 'default')
      .map((one) => ({ value: one.deviceId, label: one.label || one.deviceId.slice(0, 8) })),
  ]
  const again = () => {
    phone.stop()
    phone.start()
  }
  return (
    <Modal opened onClose={onClose} size={460} title={t('phone.title')} closeButtonProps={{ 'aria-label': t('act.close') }}>
      <div className={css.form}>
        <Switch
          label={t('phone.want')}
          description={t('phone.wantText')}
          checked={isWanted}
          onChange={(event) => want(event.currentTarget.checked)}
        />
        {state.kind === 'failed' ? (
          <div className={css.problem} role="alert">
            <IconAlertTriangle size={18} stroke={1.7} aria-hidden />
            <div>
              <p style={{ margin: 0 }}>{t(`phone.problem.${state.problem}`, { detail: state.detail })}</p>
              <Button mt={8} size="compact-sm" variant="default" onClick={again}>
                {t('act.retry')}
              </Button>
            </div>
          </div>
        ) : (
          <p className="quiet" role="status" style={{ margin: 0 }}>
            {t(`phone.long.${state.kind}`)}
          </p>
        )}
        <Select
          label={t('phone.microphone')}
          data={optionsOf('audioinput')}
          value={devices.microphone}
          allowDeselect={false}
          onChange={(microphone) => choose({ microphone: microphone ?? '' })}
        />
        <Select
          label={t('phone.speaker')}
          data={optionsOf('audiooutput')}
          value={devices.speaker}
          allowDeselect={false}
          onChange={(speaker) => choose({ speaker: speaker ?? '' })}
        />
        {calls.some((call) => call.state === 'talks') && <PhoneMeters />}
      </div>
    </Modal>
  )
}

/** The devices of this browser; their names are known when the microphone is allowed. */
function useDevices(changesWith: string): MediaDeviceInfo[] {
  const [known, setKnown] = useState<MediaDeviceInfo[]>([])
  useEffect(() => {
    if (!('mediaDevices' in navigator)) return
    const media = navigator.mediaDevices
    const look = () => void media.enumerateDevices().then(setKnown, () => undefined)
    look()
    media.addEventListener('devicechange', look)
    return () => media.removeEventListener('devicechange', look)
  }, [changesWith])
  return known
}
