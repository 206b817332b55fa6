import { Popover } from '@mantine/core'
import { IconPhone } from '@tabler/icons-react'
import { useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityKind } from '../api/types.ts'
import css from './phone-chip.module.css'
import { usePlaceCall, type CallRefusal } from './place-call.tsx'
import { RefusalNotice } from './refusal-notice.tsx'

interface PhoneChipProps {
  number: string
  display: string
  entity?: { kind: EntityKind; id: number; title: string } | null
  callListId?: number | null
  size?: 'row' | 'card'
}

/** A phone number: pressing it calls. A refusal is shown right beside it. */
export function PhoneChip({ number, display, entity = null, callListId = null, size = 'row' }: PhoneChipProps) {
  const { t } = useTranslation()
  const { pending, place } = usePlaceCall()
  const [refusal, setRefusal] = useState<CallRefusal | null>(null)
  const isCalling = pending.some((call) => call.number === number)

  const press = async (event: MouseEvent) => {
    event.stopPropagation()
    setRefusal(null)
    const result = await place({ number, display, entity, callListId })
    if (!result.ok) setRefusal(result.refusal)
  }

  return (
    <Popover
      opened={refusal !== null}
      onChange={(isOpen) => isOpen || setRefusal(null)}
      width={340}
      position="bottom-start"
      trapFocus={false}
      withinPortal
    >
      <Popover.Target popupType="dialog">
        <button
          type="button"
          className={css.chip}
          data-size={size}
          data-calling={isCalling || undefined}
          data-phone-chip
          aria-label={t(isCalling ? 'call.chip.calling' : 'call.chip.call', { number: display })}
          onClick={(event) => void press(event)}
        >
          <span className={css.handset} aria-hidden>
            <IconPhone size={size === 'card' ? 17 : 14} stroke={1.8} />
          </span>
          <span className={css.number}>{display}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={12} onClick={(event) => event.stopPropagation()}>
        {refusal && <RefusalNotice refusal={refusal} onClose={() => setRefusal(null)} />}
      </Popover.Dropdown>
    </Popover>
  )
}
