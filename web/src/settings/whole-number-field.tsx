import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A setting that is a whole number within bounds. */
export interface WholeNumberSetting {
  readonly label: string
  readonly hint: string
  /** what is wrong with any other text */
  readonly problem: string
  readonly value: number
  readonly byDefault: number
  readonly least: number
  readonly most: number
  /** of the contract */
  readonly section: string
}

/** The field of such a setting; saved when the person leaves it or presses Enter. */
export function WholeNumberField({ setting, onChange }: { setting: WholeNumberSetting; onChange: (value: number) => void }) {
  const { t } = useTranslation()
  const { value: now, least, most } = setting
  const [text, setText] = useState(String(now))
  const value = Number(text.trim() || Number.NaN)
  const isGood = Number.isInteger(value) && value >= least && value <= most
  const save = () => {
    if (isGood && value !== now) onChange(value)
  }
  const source = `${t('compat.default', { value: String(setting.byDefault) })}; ${t('compat.source', { section: setting.section })}.`
  return (
    <TextInput
      label={setting.label}
      description={`${setting.hint} ${source}`}
      inputMode="numeric"
      value={text}
      error={isGood ? undefined : setting.problem}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
