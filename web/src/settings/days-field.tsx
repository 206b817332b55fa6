import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

interface DaysFieldProps {
  label: string
  hint: string
  value: number
  onChange: (days: number) => void
}

const mostDays = 36_500

/** A number of days; 0 is for ever. Saved when the person leaves the field or presses Enter. */
export function DaysField({ label, hint, value, onChange }: DaysFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(String(value))
  const days = /^\d+$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
  const isGood = days >= 0 && days <= mostDays
  const save = () => {
    if (isGood && days !== value) onChange(days)
  }
  return (
    <TextInput
      label={label}
      description={hint}
      inputMode="numeric"
      value={text}
      maw={420}
      error={isGood ? undefined : t('data.wrong')}
      rightSection={<span className="quiet">{days === 0 ? t('data.forever') : t('data.days')}</span>}
      rightSectionWidth={96}
      rightSectionPointerEvents="none"
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
