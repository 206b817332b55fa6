import { useTranslation } from 'react-i18next'
import type { Switches } from '../api/types.ts'
import { WholeNumberField } from './whole-number-field.tsx'

/** The compatibility settings that are times: when a silent call is closed, and how long a handler may take. */
export function TimeFields({ switches, onChange }: { switches: Switches; onChange: (input: Partial<Switches>) => void }) {
  const { t } = useTranslation()
  const { closeSilentMinutes, handlerSeconds } = switches
  const silence = {
    label: t('compat.closeSilent'),
    hint: t('compat.closeSilentHint'),
    problem: t('compat.minutes'),
    value: closeSilentMinutes,
    byDefault: 720,
    least: 5,
    most: 10_080,
    section: '13.14',
  }
  const handler = {
    label: t('compat.handlerSeconds'),
    hint: t('compat.handlerSecondsHint'),
    problem: t('compat.handlerSecondsProblem'),
    value: handlerSeconds,
    byDefault: 10,
    least: 1,
    most: 60,
    section: '13.1',
  }
  return (
    <>
      <WholeNumberField
        key={`silence ${closeSilentMinutes}`}
        setting={silence}
        onChange={(value) => onChange({ closeSilentMinutes: value })}
      />
      <WholeNumberField key={`handler ${handlerSeconds}`} setting={handler} onChange={(value) => onChange({ handlerSeconds: value })} />
    </>
  )
}
