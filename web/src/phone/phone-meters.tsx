import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './phone.module.css'
import { usePhone } from './phone-context.tsx'

const everyMs = 120

/** How loud the person and the other side are. */
export function PhoneMeters() {
  const { t } = useTranslation()
  const phone = usePhone()
  const [levels, setLevels] = useState({ said: 0, heard: 0 })
  useEffect(() => {
    const timer = window.setInterval(() => setLevels(phone.levels()), everyMs)
    return () => window.clearInterval(timer)
  }, [phone])
  return (
    <div>
      {(['said', 'heard'] as const).map((side) => (
        <label key={side} className={css.meter}>
          {t(`phone.${side}`)}
          <meter min={0} max={1} value={levels[side]} data-level={side} />
        </label>
      ))}
    </div>
  )
}
