import { useTranslation } from 'react-i18next'
import type { Switches } from '../api/types.ts'
import { ToggleRow } from '../app/toggle-row.tsx'
import css from './compatibility.module.css'

/** The switches, in the order of the contract; `isOn` and `write` hide that one of them is a word. */
const rows = [
  {
    name: 'strictAppContext',
    section: '4.0',
    byDefault: false,
    isOn: (all: Switches) => all.strictAppContext,
    write: (on: boolean): Partial<Switches> => ({ strictAppContext: on }),
  },
  {
    name: 'reuseWindow',
    section: '4.2',
    byDefault: true,
    isOn: (all: Switches) => all.reuseWindow,
    write: (on: boolean): Partial<Switches> => ({ reuseWindow: on }),
  },
  {
    name: 'unknownEntity',
    section: '13.6',
    byDefault: false,
    isOn: (all: Switches) => all.unknownEntity === 'LEAD',
    write: (on: boolean): Partial<Switches> => ({ unknownEntity: on ? 'LEAD' : '' }),
  },
  {
    name: 'portalNumberWithAppId',
    section: '13.11',
    byDefault: false,
    isOn: (all: Switches) => all.portalNumberWithAppId,
    write: (on: boolean): Partial<Switches> => ({ portalNumberWithAppId: on }),
  },
  {
    name: 'callStartEvent',
    section: '13.12',
    byDefault: false,
    isOn: (all: Switches) => all.callStartEvent,
    write: (on: boolean): Partial<Switches> => ({ callStartEvent: on }),
  },
  {
    name: 'callListSuccess',
    section: '13.37',
    byDefault: false,
    isOn: (all: Switches) => all.callListSuccess,
    write: (on: boolean): Partial<Switches> => ({ callListSuccess: on }),
  },
] as const

/** Each compatibility switch with what it does, where it comes from and what its default is. */
export function SwitchRows({ switches, onChange }: { switches: Switches; onChange: (input: Partial<Switches>) => void }) {
  const { t } = useTranslation()
  return (
    <div className={css.switches}>
      {rows.map((row) => (
        <div key={row.name} className={css.switch}>
          <ToggleRow
            label={t(`compat.${row.name}`)}
            text={t(`compat.${row.name}Text`)}
            checked={row.isOn(switches)}
            onChange={(on) => onChange(row.write(on))}
          />
          <div className={css.facts}>
            <span>{t('compat.default', { value: t(row.byDefault ? 'compat.on' : 'compat.off') })}</span>
            <span>{t('compat.source', { section: row.section })}</span>
            {row.isOn(switches) !== row.byDefault && <strong>{t('compat.changed')}</strong>}
          </div>
        </div>
      ))}
    </div>
  )
}
