import { useEffect, useState, type RefObject } from 'react'

/** Where the call cards stand. */
export type DockPlace = 'right' | 'left' | 'slim'

const phone = '(max-width: 640px)'

/**
 * Where the dock stands so that it never covers what one is typing in: at the right, else at the left; on a phone it is
 * slim while a text field has the focus, because keyboard and field need the room.
 */
export function useDockPlace(dock: RefObject<HTMLElement | null>): DockPlace {
  const [place, setPlace] = useState<DockPlace>('right')
  useEffect(() => {
    const look = () => setPlace(choosePlace(dock.current, document.activeElement))
    look()
    const lookSoon = () => window.setTimeout(look)
    document.addEventListener('focusin', look)
    document.addEventListener('focusout', lookSoon)
    window.addEventListener('resize', look)
    const sizes = new ResizeObserver(look)
    if (dock.current) sizes.observe(dock.current)
    return () => {
      document.removeEventListener('focusin', look)
      document.removeEventListener('focusout', lookSoon)
      window.removeEventListener('resize', look)
      sizes.disconnect()
    }
  }, [dock])
  return place
}

function choosePlace(dock: HTMLElement | null, focused: Element | null): DockPlace {
  if (!focused || !isTypedIn(focused) || dock?.contains(focused)) return 'right'
  if (window.matchMedia(phone).matches) return 'slim'
  const field = focused.getBoundingClientRect()
  const { width, height } = dock?.getBoundingClientRect() ?? { width: 384, height: 220 }
  const isLow = field.bottom > window.innerHeight - height
  const coversRight = isLow && field.right > window.innerWidth - width
  return coversRight ? 'left' : 'right'
}

function isTypedIn(element: Element): boolean {
  if (element instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'submit', 'range'].includes(element.type)
  return element instanceof HTMLTextAreaElement || (element instanceof HTMLElement && element.isContentEditable)
}
