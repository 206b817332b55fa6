import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { appsQuery, handlersQuery } from '../api/queries.ts'
import { en } from '../app/texts/en/index.ts'
import type { DeliveriesSearch } from './deliveries-search.ts'
import css from './deliveries.module.css'
import { useReasonText } from './delivery-words.tsx'

/** A change of the filters; what is undefined is taken out. */
export type FilterChange = { [Name in keyof DeliveriesSearch]: DeliveriesSearch[Name] | undefined }

interface MoreFiltersProps {
  filter: DeliveriesSearch
  /** only administrators may list handlers and applications */
  isAdmin: boolean
  onChange: (change: FilterChange) => void
}

/** The filters that are needed now and then. */
export function MoreFilters({ filter, isAdmin, onChange }: MoreFiltersProps) {
  const { t } = useTranslation()
  const reasonText = useReasonText()
  const handlers = useQuery({ ...handlersQuery, enabled: isAdmin })
  const apps = useQuery({ ...appsQuery, enabled: isAdmin })
  const idOf = (value: string): number | undefined => (value === '' ? undefined : Number(value))
  return (
    <div className={css.filters}>
      <NativeSelect
        label={t('delivery.reasonLabel')}
        value={filter.reason ?? ''}
        onChange={(input) => onChange({ reason: input.currentTarget.value || undefined })}
        data={[
          { value: '', label: t('delivery.allReasons') },
          ...Object.keys(en.delivery.reason).map((value) => ({ value, label: reasonText(value) })),
        ]}
      />
      {isAdmin && (
        <>
          <NativeSelect
            label={t('delivery.appLabel')}
            value={filter.appId ?? ''}
            onChange={(input) => onChange({ appId: idOf(input.currentTarget.value) })}
            data={[
              { value: '', label: t('delivery.allApps') },
              ...(apps.data?.items ?? []).map(({ id, title }) => ({ value: String(id), label: title })),
            ]}
          />
          <NativeSelect
            label={t('delivery.handlerLabel')}
            value={filter.handlerId ?? ''}
            onChange={(input) => onChange({ handlerId: idOf(input.currentTarget.value) })}
            data={[
              { value: '', label: t('delivery.allHandlers') },
              ...(handlers.data?.items ?? []).map(({ id, event, ownerTitle }) => ({
                value: String(id),
                label: `${event} · ${ownerTitle} (${id})`,
              })),
            ]}
          />
        </>
      )}
      <TimeInput label={t('delivery.from')} value={filter.from} onChange={(from) => onChange({ from })} />
      <TimeInput label={t('delivery.to')} value={filter.to} onChange={(to) => onChange({ to })} />
    </div>
  )
}

interface TimeInputProps {
  label: string
  value: number | undefined
  onChange: (value: number | undefined) => void
}

function TimeInput({ label, value, onChange }: TimeInputProps) {
  const at = value === undefined ? null : new Date(value)
  const local = at ? new Date(value! - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : ''
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={local}
      onChange={(input) => {
        const time = new Date(input.currentTarget.value).getTime()
        onChange(Number.isNaN(time) ? undefined : time)
      }}
    />
  )
}
