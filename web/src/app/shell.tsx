import { IconPlugConnectedX } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CallDock } from '../calls/call-dock.tsx'
import { CallPlaceProvider } from '../calls/place-call.tsx'
import { useKeys } from './keys.ts'
import { useLive } from './live.ts'
import { BottomBar, SideBar } from './navigation.tsx'
import css from './shell.module.css'

const loadFind = () => import('./find-dialog.tsx')
const FindDialog = lazy(() => loadFind().then((module) => ({ default: module.FindDialog })))
const KeysDialog = lazy(() => import('./keys-dialog.tsx').then((module) => ({ default: module.KeysDialog })))

/** Navigation, the page, the call cards; keeps the page live. */
export function Shell() {
  const { t } = useTranslation()
  const live = useLive()
  const [dialog, setDialog] = useState<'find' | 'keys' | null>(null)
  // The keys of the person's first word must not fall beside a dialog that is still being fetched.
  useEffect(() => {
    const timer = window.setTimeout(() => void loadFind().catch(() => undefined), 1_500)
    return () => window.clearTimeout(timer)
  }, [])
  useKeys({ onFind: () => setDialog('find'), onHelp: () => setDialog('keys') })
  const close = () => setDialog(null)

  return (
    <CallPlaceProvider>
      <a className={css.skip} href="#content">
        {t('nav.skip')}
      </a>
      <div className={css.shell}>
        <SideBar onFind={() => setDialog('find')} onKeys={() => setDialog('keys')} />
        <main id="content" className={css.page} tabIndex={-1}>
          {live === 'lost' && (
            <div className={css.lost} role="status">
              <IconPlugConnectedX size={16} stroke={1.8} aria-hidden /> {t('live.lost')}
            </div>
          )}
          <Outlet />
        </main>
        <BottomBar onFind={() => setDialog('find')} onKeys={() => setDialog('keys')} />
      </div>
      <CallDock />
      <Suspense>
        {dialog === 'find' && <FindDialog onClose={close} />}
        {dialog === 'keys' && <KeysDialog onClose={close} />}
      </Suspense>
    </CallPlaceProvider>
  )
}
