import { useSearch } from '@tanstack/react-router'
import { DialerScreen } from './dialer-screen.tsx'

export function DialRoute() {
  const { number, asked } = useSearch({ from: '/home/dial' })
  return <DialerScreen key={number ?? ''} number={number ?? ''} isAskedByApp={asked === 'app'} />
}
