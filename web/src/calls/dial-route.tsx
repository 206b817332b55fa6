import { useSearch } from '@tanstack/react-router'
import { DialerScreen } from './dialer-screen.tsx'

/** The dialer at its address; `number` of the address is filled in, never called. */
export function DialRoute() {
  const { number, asked } = useSearch({ from: '/home/dial' })
  return <DialerScreen key={number ?? ''} number={number ?? ''} isAskedByApp={asked === 'app'} />
}
