import { Switch } from '@mantine/core'

interface ToggleRowProps {
  label: string
  text?: string
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** A setting that is on or off. */
export function ToggleRow({ label, text, checked, disabled = false, onChange }: ToggleRowProps) {
  return (
    <Switch
      label={label}
      description={text}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
      withThumbIndicator={false}
      size="sm"
    />
  )
}
