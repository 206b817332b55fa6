import { IconPlugConnectedX } from '@tabler/icons-react'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FrameDialogsProvider } from '../applications/frame-dialogs.tsx'
import { BackgroundPages } from '../calls/background-pages.tsx'
import { CallDock } from '../calls/call-dock.tsx'
import { CardDeskProvider } from '../calls/driven-card.tsx'
import { CallPlaceProvider } from '../calls/place-call.tsx'
import { PhoneProvider } from '../phone/phone-context.tsx'
import { useKeys } from './keys.ts'
import { useLive } from './live.ts'
import { BottomBar, SideBar } from './navigation.tsx'
import css from './shell.module.css'

const loadFind = async () => (await import('./find-dialog.tsx')).FindDialog
type FindDialogComponent = Awaited<ReturnType<typeof loadFind>>
const BellDialog = lazy(() => import('../bell/bell-dialog.tsx').then((module) => ({ default: module.BellDialog })))
const PhoneDialog = lazy(() => import('../phone/phone-dialog.tsx').then((module) => ({ default: module.PhoneDialog })))
const KeysDialog = lazy(() => import('./keys-dialog.tsx').then((module) => ({ default: module.KeysDialog })))

/** Navigation, the page, the call cards; keeps the page live. */
export function Shell() {
  const { t } = useTranslation()
  const live = useLive()
  const [dialog, setDialog] = useState<'find' | 'keys' | 'bell' | 'phone' | null>(null)
  // Fetched early and held here, not by Suspense, which would keep the dialog from the person's first keys.
  const [FindDialog, setFindDialog] = useState<FindDialogComponent | null>(null)
  const isFinding = dialog === 'find'
  useEffect(() => {
    const timer = window.setTimeout(
      () =>
        void loadFind().then(
          (component) => setFindDialog(() => component),
          () => undefined,
        ),
      isFinding ? 0 : 1_000,
    )
    return () => window.clearTimeout(timer)
  }, [isFinding])
  useKeys({ onFind: () => setDialog('find'), onHelp: () => setDialog('keys') })
  const close = () => setDialog(null)

  return (
    <PhoneProvider>
      <CallPlaceProvider>
        <FrameDialogsProvider>
          <CardDeskProvider>
            <a className={css.skip} href="#content">
              {t('nav.skip')}
            </a>
            <div className={css.shell}>
              <SideBar
                onBell={() => setDialog('bell')}
                onFind={() => setDialog('find')}
                onKeys={() => setDialog('keys')}
                onPhone={() => setDialog('phone')}
              />
              <main id="content" className={css.page} tabIndex={-1}>
                {live === 'lost' && (
                  <div className={css.lost} role="status">
                    <IconPlugConnectedX size={16} stroke={1.8} aria-hidden /> {t('live.lost')}
                  </div>
                )}
                <Outlet />
              </main>
              <BottomBar
                onBell={() => setDialog('bell')}
                onFind={() => setDialog('find')}
                onKeys={() => setDialog('keys')}
                onPhone={() => setDialog('phone')}
              />
            </div>
            <CallDock />
            <BackgroundPages />
            {isFinding && FindDialog && <FindDialog onClose={close} />}
            <Suspense>{dialog === 'keys' && <KeysDialog onClose={close} />}</Suspense>
            <Suspense>{dialog === 'bell' && <BellDialog onClose={close} />}</Suspense>
            <Suspense>{dialog === 'phone' && <PhoneDialog onClose={close} />}</Suspense>
          </CardDeskProvider>
        </FrameDialogsProvider>
      </CallPlaceProvider>
    </PhoneProvider>
  )
}
