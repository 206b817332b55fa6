import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'

interface KeyActs {
  onFind: () => void
  onHelp: () => void
}

const goMs = 1_200

const goPlaces = { c: '/contacts', o: '/companies', l: '/leads', i: '/call-lists', h: '/calls', d: '/deliveries', s: '/settings' } as const

/** The keys that work on every page. Letters are read by their place on the keyboard, so they work in a Russian layout too. */
export function useKeys(acts: KeyActs): void {
  const navigate = useNavigate()
  const find = useEffectEvent(acts.onFind)
  const help = useEffectEvent(acts.onHelp)
  useEffect(() => {
    let goUntil = 0
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? ''
      if ((event.ctrlKey || event.metaKey) && letter === 'k') {
        event.preventDefault()
        find()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTypedIn(event.target) || isForDialog(event.target)) return
      if (event.key === 'Escape') return closeNewestCard()
      if (event.key === '?') return help()
      if (event.key === '/' || event.code === 'Slash') return focusSearch(event)
      if (goUntil > event.timeStamp && letter in goPlaces) {
        goUntil = 0
        event.preventDefault()
        void navigate({ to: goPlaces[letter as keyof typeof goPlaces] })
        return
      }
      if (letter === 'g') goUntil = event.timeStamp + goMs
      else if (letter === 'd') {
        event.preventDefault()
        void navigate({ to: '/dial' })
      } else if (letter === 'c') pressFirst(event, '#content [data-phone-chip]')
      else if (letter === 'n') pressFirst(event, '#content [data-add]')
      else if (letter === 'e') pressFirst(event, '#content [data-edit]')
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [navigate])
}

function pressFirst(event: KeyboardEvent, selector: string): void {
  if (event.repeat) return
  const row = document.activeElement?.closest('[data-row]')
  const target = row?.querySelector<HTMLElement>(selector.replace('#content ', '')) ?? document.querySelector<HTMLElement>(selector)
  if (!target) return
  event.preventDefault()
  target.click()
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]')
  if (!field) return
  event.preventDefault()
  field.focus()
  field.select()
}

function closeNewestCard(): void {
  document.querySelector<HTMLElement>('[data-close-card]')?.click()
}

/** Also when the key has closed that dialog a moment ago: what it was pressed in is out of the page then, but still inside the dialog. */
function isForDialog(target: EventTarget | null): boolean {
  if (target instanceof Element && target.closest('[role="dialog"], [role="menu"]')) return true
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null
}

function isTypedIn(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !['checkbox', 'radio', 'range', 'button'].includes((target as HTMLInputElement).type)
  )
}
