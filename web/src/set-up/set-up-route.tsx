import { useSearch } from '@tanstack/react-router'
import { SetUpScreen } from './set-up-screen.tsx'

/** The set-up at its address, which names the connector that is set up. */
export function SetUpRoute() {
  const { app } = useSearch({ from: '/home/settings/set-up' })
  return <SetUpScreen appId={app ?? null} />
}
