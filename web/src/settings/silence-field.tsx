import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Switches } from '../api/types.ts'

/** When the portal closes a call that its application says nothing of; saved when the person leaves the field or presses Enter. */
export function SilenceField({ switches, onChange }: { switches: Switches; onChange: (input: Partial<Switches>) => void }) {
  const { t } = useTranslation()
  const now = switches.closeSilentMinutes
  const [text, setText] = useState(String(now))
  const minutes = Number(text.trim() || Number.NaN)
  const isGood = Number.isInteger(minutes) && minutes >= 5 && minutes <= 10_080
  const save = () => {
    if (isGood && minutes !== now) onChange({ closeSilentMinutes: minutes })
  }
  return (
    <TextInput
      label={t('compat.closeSilent')}
      description={`${t('compat.closeSilentHint')} ${t('compat.default', { value: '720' })}; ${t('compat.source', { section: '13.14' })}.`}
      inputMode="numeric"
      value={text}
      error={isGood ? undefined : t('compat.minutes')}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
