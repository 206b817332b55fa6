import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Placement } from '../api/types.ts'
import type { Place } from '../applications/place.ts'
import { PlacementFrame } from '../applications/placement-frame.tsx'
import css from './card-tabs.module.css'

const foldedKey = 'hookswitch.cardTabs'

interface CardTabsProps {
  placements: Placement[]
  callId: string
  /** tabs of a call that is over wait until they are asked for */
  isOver: boolean
  /** a newer call has a card: its tabs have the room, these fold */
  isOlder: boolean
  place: Place
}

/** Pages of apps in a call card, a tab for each. A page that was open stays open behind the others, so it hears what happens. */
export function CardTabs({ placements, callId, isOver, isOlder, place }: CardTabsProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string | null>(() => (isOver || isOlder || startsFolded() ? null : String(placements[0]?.id ?? '')))
  const [seen, setSeen] = useState<string[]>(open === null ? [] : [open])
  const [wasOlder, setWasOlder] = useState(isOlder)
  if (wasOlder !== isOlder) {
    setWasOlder(isOlder)
    if (isOlder) setOpen(null)
  }
  const show = (id: string | null): void => {
    setOpen(id)
    localStorage.setItem(foldedKey, id === null ? 'folded' : 'open')
    if (id !== null && !seen.includes(id)) setSeen([...seen, id])
  }
  return (
    <Tabs value={open} onChange={show} allowTabDeactivation classNames={{ panel: css.panel }}>
      <Tabs.List aria-label={t('call.card.apps')}>
        {placements.map((one) => (
          <Tabs.Tab key={one.id} value={String(one.id)} title={one.description || one.appTitle} className={css.tab}>
            {one.title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {placements
        .filter((one) => seen.includes(String(one.id)))
        .map((one) => (
          <Tabs.Panel key={one.id} value={String(one.id)} keepMounted data-app-tab>
            <PlacementFrame placement={one} callId={callId} look="panel" place={place} onClose={() => show(null)} />
          </Tabs.Panel>
        ))}
    </Tabs>
  )
}

/** On a phone the page below the card needs the room; elsewhere as the person left it. */
function startsFolded(): boolean {
  return window.matchMedia('(max-width: 640px)').matches || localStorage.getItem(foldedKey) === 'folded'
}
