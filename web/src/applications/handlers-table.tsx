import { Switch, Tooltip } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Handler, HandlerInput } from '../api/types.ts'
import table from '../app/table.module.css'
import { ProfileSelect } from '../handlers/profile-select.tsx'
import css from './applications.module.css'

/** The addresses bound to events, each with its wire profile and its rules of delivery. */
export function HandlersTable({ handlers, onChange }: { handlers: Handler[]; onChange: (id: number, input: HandlerInput) => void }) {
  const { t } = useTranslation()
  return (
    <table className={`${table.table} ${css.handlers}`}>
      <thead>
        <tr>
          <th>{t('apps.event')}</th>
          <th>{t('apps.profile')}</th>
          <th>{t('apps.retries')}</th>
          <th>{t('apps.dedupes')}</th>
          <th>{t('apps.enabled')}</th>
        </tr>
      </thead>
      <tbody>
        {handlers.map((handler) => (
          <tr key={handler.id}>
            <td>
              <div className={css.event}>
                <Link to="/settings/handlers/$id" params={{ id: String(handler.id) }} className="one-line">
                  {handler.event}
                </Link>
                {handler.kind === 'offline' && <span className="faint">{t('apps.offline')}</span>}
              </div>
              <div className={`faint one-line code`} title={handler.url}>
                {handler.url}
              </div>
              {handler.problem && (
                <div className={css.problem}>
                  <IconAlertTriangle size={14} stroke={1.8} aria-hidden /> {handler.problem}
                </div>
              )}
            </td>
            <td>
              <ProfileSelect
                aria-label={`${t('apps.profile')}: ${handler.event}`}
                value={handler.profile}
                onChoose={(profile) => onChange(handler.id, { profile })}
              />
            </td>
            <td>
              <Toggle
                label={t('apps.retries')}
                hint={t('apps.retriesText')}
                event={handler.event}
                checked={handler.retries}
                onChange={(retries) => onChange(handler.id, { retries })}
              />
            </td>
            <td>
              <Toggle
                label={t('apps.dedupes')}
                hint={t('apps.dedupesText')}
                event={handler.event}
                checked={handler.dedupes}
                onChange={(dedupes) => onChange(handler.id, { dedupes })}
              />
            </td>
            <td>
              <Toggle
                label={t('apps.enabled')}
                hint=""
                event={handler.event}
                checked={handler.enabled}
                onChange={(enabled) => onChange(handler.id, { enabled })}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ToggleProps {
  label: string
  hint: string
  event: string
  checked: boolean
  onChange: (checked: boolean) => void
}

function Toggle({ label, hint, event, checked, onChange }: ToggleProps) {
  return (
    <Tooltip label={hint} disabled={!hint} multiline w={220}>
      <div className={css.toggle}>
        <span className={css.toggleLabel} aria-hidden>
          {label}
        </span>
        <Switch
          size="xs"
          aria-label={`${label}: ${event}`}
          checked={checked}
          onChange={(change) => onChange(change.currentTarget.checked)}
          withThumbIndicator={false}
        />
      </div>
    </Tooltip>
  )
}
