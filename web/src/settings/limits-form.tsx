import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Switches } from '../api/types.ts'
import { Notice } from '../app/notice.tsx'
import css from './compatibility.module.css'

interface LimitsFormProps {
  switches: Switches
  onChange: (input: Partial<Switches>) => void
}

/** Which limits of the original hold, and how large they are. */
export function LimitsForm({ switches, onChange }: LimitsFormProps) {
  const { t } = useTranslation()
  return (
    <>
      <NativeSelect
        label={t('compat.limits')}
        description={`${t('compat.limitsHint')} ${t('compat.default', { value: t('compat.limitsOff') })}; ${t('compat.source', { section: '6.6' })}.`}
        value={switches.limits}
        onChange={(event) => onChange({ limits: event.currentTarget.value as Switches['limits'] })}
        data={[
          { value: 'off', label: t('compat.limitsOff') },
          { value: 'standard', label: t('compat.limitsStandard') },
          { value: 'enterprise', label: t('compat.limitsEnterprise') },
          { value: 'overload', label: t('compat.limitsOverload') },
        ]}
      />
      {switches.limits === 'overload' && <Notice kind="caution">{t('compat.overloadOn')}</Notice>}
      {switches.limits !== 'off' && switches.limits !== 'overload' && (
        <div className={css.pair}>
          <Seconds
            key={`operating ${switches.limitOperatingSeconds}`}
            label={t('compat.operating')}
            hint={`${t('compat.operatingHint')} ${t('compat.default', { value: '480' })}.`}
            value={switches.limitOperatingSeconds}
            onChange={(limitOperatingSeconds) => onChange({ limitOperatingSeconds })}
          />
          <Seconds
            key={`request ${switches.limitRequestSeconds}`}
            label={t('compat.request')}
            hint={`${t('compat.requestHint')} ${t('compat.default', { value: '60' })}.`}
            value={switches.limitRequestSeconds}
            onChange={(limitRequestSeconds) => onChange({ limitRequestSeconds })}
          />
        </div>
      )}
    </>
  )
}

interface SecondsProps {
  label: string
  hint: string
  value: number
  onChange: (value: number) => void
}

/** Saved when the person leaves the field or presses Enter. */
function Seconds({ label, hint, value, onChange }: SecondsProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(String(value))
  const seconds = Number(text.trim().replace(',', '.') || Number.NaN)
  const isGood = seconds > 0 && seconds <= 3600
  const save = () => {
    if (isGood && seconds !== value) onChange(seconds)
  }
  return (
    <TextInput
      label={label}
      description={hint}
      inputMode="decimal"
      value={text}
      error={isGood ? undefined : t('compat.seconds')}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
