import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ValueKind } from '../api/types.ts'
import { phoneKinds } from './known-values.ts'
import css from './values-field.module.css'

/** One number or address in a form; without `id` it is new. */
export interface ValueRow {
  id?: number
  value: string
  kind: ValueKind
}

interface ValuesFieldProps {
  what: 'phone' | 'email'
  rows: ValueRow[]
  onChange: (rows: ValueRow[]) => void
}

/** Several numbers or addresses, each with its kind. */
export function ValuesField({ what, rows, onChange }: ValuesFieldProps) {
  const { t } = useTranslation()
  const isPhone = what === 'phone'
  const change = (index: number, part: Partial<ValueRow>) => onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  const kinds = isPhone ? phoneKinds : (['WORK', 'HOME', 'MAILING', 'OTHER'] as const)
  return (
    <fieldset className={css.field}>
      <legend className={css.legend}>{t(isPhone ? 'card.phones' : 'card.emails')}</legend>
      {rows.map((row, index) => (
        <div key={row.id ?? `new${index}`} className={css.row}>
          <TextInput
            className={css.value}
            type={isPhone ? 'tel' : 'email'}
            autoComplete="off"
            value={row.value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
            aria-label={t(isPhone ? 'form.phoneNumber' : 'form.emailAddress')}
            maxLength={100}
          />
          <NativeSelect
            className={css.kind}
            value={row.kind}
            onChange={(event) => change(index, { kind: event.currentTarget.value as ValueKind })}
            data={kinds.map((value) => ({ value, label: t(`phoneKind.${value}`) }))}
            aria-label={t(isPhone ? 'form.phoneKind' : 'form.emailKind')}
          />
          <ActionIcon
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
            aria-label={t(isPhone ? 'form.removePhone' : 'form.removeEmail')}
          >
            <IconX size={16} stroke={1.8} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} stroke={2} />}
        onClick={() => onChange([...rows, { value: '', kind: 'WORK' }])}
        justify="flex-start"
      >
        {t(isPhone ? (rows.length > 0 ? 'form.addPhone' : 'card.addPhone') : 'form.addEmail')}
      </Button>
    </fieldset>
  )
}
