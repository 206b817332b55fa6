import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import css from './settings.module.css'

const tabs = [
  { to: '/settings/telephony', name: 'telephony', isForAll: true },
  { to: '/settings/set-up', name: 'setUp', isForAll: false },
  { to: '/settings/users', name: 'users', isForAll: true },
  { to: '/settings/applications', name: 'applications', isForAll: false },
  { to: '/settings/webhooks', name: 'webhooks', isForAll: false },
  { to: '/settings/compatibility', name: 'compatibility', isForAll: false },
  { to: '/settings/callback-forms', name: 'callbackForms', isForAll: false },
  { to: '/settings/handlers', name: 'handlers', isForAll: false },
  { to: '/settings/data', name: 'data', isForAll: false },
] as const

/** The settings pages under their tabs. */
export function SettingsFrame() {
  const { t } = useTranslation()
  const { user } = useSession()
  const { pathname } = useLocation()
  const bar = useRef<HTMLElement>(null)
  // on a phone the tabs are wider than the page: the one that is open must be in sight
  useEffect(() => {
    bar.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <>
      <PageHead title={t('settings.title')} />
      <nav ref={bar} className={css.tabs} aria-label={t('settings.title')}>
        {tabs
          .filter((tab) => tab.isForAll || user.isAdmin)
          .map((tab) => (
            <Link key={tab.to} to={tab.to} className={css.tab} activeProps={{ className: css.here }}>
              {t(`settings.${tab.name}`)}
            </Link>
          ))}
      </nav>
      <Outlet />
    </>
  )
}
