import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { portal } from '../api/portal.ts'
import { useFrameDialogs } from './dialog-wishes.ts'
import type { FrameAsks } from './frame-commands.ts'

/** What every page of an app may ask for, wherever it stands; the place adds how it is reloaded, closed and titled. */
export function useFrameAsks(appId: number, own: Pick<FrameAsks, 'reload' | 'setTitle' | 'close'> & Partial<FrameAsks>): FrameAsks {
  const navigate = useNavigate()
  const dialogs = useFrameDialogs()
  return useMemo(() => {
    const dial = (number: string): void => void navigate({ to: '/dial', search: { number, asked: 'app' } })
    return {
      finishInstall: async () => undefined,
      renewTokens: () => portal.frameTokens(appId),
      setOption: (option) => portal.setAppOption(appId, option),
      openPath: (path) => {
        const place = new URL(path, window.location.origin)
        if (place.pathname === '/dial') dial(place.searchParams.get('number') ?? '')
        else void navigate({ href: path })
      },
      dial,
      async dialUser(userId) {
        const extension = await dialogs.extensionOf(userId)
        if (extension) dial(extension)
        return extension !== null
      },
      openApplication: (options) => dialogs.openApplication(appId, options),
      selectUsers: dialogs.selectUsers,
      selectCrm: dialogs.selectCrm,
      selectAccess: dialogs.selectAccess,
      ...own,
    }
  }, [appId, dialogs, navigate, own])
}
