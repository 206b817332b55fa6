import { Menu } from '@mantine/core'
import {
  IconAddressBook,
  IconAppWindow,
  IconBell,
  IconBuilding,
  IconDialpad,
  IconDots,
  IconListCheck,
  IconPhone,
  IconSearch,
  IconSend,
  IconSettings,
  IconTargetArrow,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { appsQuery } from '../api/queries.ts'
import { BellButton, UnreadCount, useBellLabel } from '../bell/bell-button.tsx'
import { MissedCount, useMissedLabel } from '../statistics/missed-count.tsx'
import { PhoneButton, usePhoneLabel } from '../phone/phone-button.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Mark } from './mark.tsx'
import css from './navigation.module.css'
import { useSession } from './session.ts'

const places = [
  { to: '/contacts', name: 'contacts', icon: IconAddressBook },
  { to: '/companies', name: 'companies', icon: IconBuilding },
  { to: '/leads', name: 'leads', icon: IconTargetArrow },
  { to: '/call-lists', name: 'callLists', icon: IconListCheck },
] as const

interface NavigationProps {
  onBell: () => void
  onFind: () => void
  onKeys: () => void
  onPhone: () => void
}

interface PlaceProps {
  to: LinkProps['to']
  label: string
  icon: typeof IconPhone
  params?: { id: string }
  /** the name with what is counted, and the number itself, where something is */
  counted?: { name: string; number: ReactNode }
}

function Place({ to, label, icon: Icon, params, counted }: PlaceProps) {
  const name = counted?.name ?? label
  return (
    <Link
      {...({ to, params } as LinkProps)}
      className={css.place}
      activeProps={{ className: css.here }}
      title={name}
      {...(counted && { 'aria-label': name })}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
      <span className={css.label}>{label}</span>
      {counted?.number}
    </Link>
  )
}

/** The calls, with how many the person missed. */
function CallsPlace() {
  const { t } = useTranslation()
  const label = t('nav.calls')
  return <Place to="/calls" label={label} icon={IconPhone} counted={{ name: useMissedLabel(label), number: <MissedCount /> }} />
}

/** The pages of installed apps that have some; listing apps may be the right of administrators only. */
function useAppPages() {
  const { data } = useQuery({ ...appsQuery, retry: false })
  return (data?.items ?? []).filter((app) => app.kind === 'ui' && app.url !== '')
}

/** The navigation at the left. */
export function SideBar({ onBell, onFind, onKeys, onPhone }: NavigationProps) {
  const { t } = useTranslation()
  const { portal, user } = useSession()
  const apps = useAppPages()
  return (
    <nav className={css.side} aria-label={t('nav.label')}>
      <div className={css.top}>
        <Link to="/contacts" className={css.brand} title={portal.title}>
          <Mark size={28} />
          <span className={`${css.label} one-line`}>{portal.title}</span>
        </Link>
        <BellButton onOpen={onBell} />
      </div>
      <div className={css.quick}>
        <Link to="/dial" className={css.dial} title={t('nav.dial')}>
          <IconDialpad size={18} stroke={1.7} aria-hidden />
          <span className={css.label}>{t('nav.dial')}</span>
          <kbd className={css.key}>D</kbd>
        </Link>
        <button type="button" className={css.find} onClick={onFind} title={t('nav.find')}>
          <IconSearch size={18} stroke={1.7} aria-hidden />
          <span className={css.label}>{t('nav.find')}</span>
          <kbd className={css.key}>Ctrl K</kbd>
        </button>
      </div>
      <div className={css.places}>
        {places.map((place) => (
          <Place key={place.to} to={place.to} label={t(`nav.${place.name}`)} icon={place.icon} />
        ))}
        <CallsPlace />
      </div>
      {apps.length > 0 && (
        <div className={css.places}>
          <span className={css.heading}>{t('nav.apps')}</span>
          {apps.map((app) => (
            <Place key={app.id} to="/apps/$id" params={{ id: String(app.id) }} label={app.title} icon={IconAppWindow} />
          ))}
        </div>
      )}
      <div className={css.places}>
        <span className={css.heading}>{t('nav.operate')}</span>
        {user.isAdmin && <Place to="/deliveries" label={t('nav.deliveries')} icon={IconSend} />}
        <Place to="/settings" label={t('nav.settings')} icon={IconSettings} />
      </div>
      <div className={css.foot}>
        <PhoneButton onOpen={onPhone} />
        <AccountMenu onKeys={onKeys} />
      </div>
    </nav>
  )
}

/** The navigation of phones. */
export function BottomBar({ onBell, onFind, onKeys, onPhone }: NavigationProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const bellLabel = useBellLabel()
  const phone = usePhoneLabel()
  const apps = useAppPages()
  return (
    <nav className={css.bottom} aria-label={t('nav.label')}>
      <Place to="/contacts" label={t('nav.contacts')} icon={IconAddressBook} />
      <Place to="/call-lists" label={t('nav.callLists')} icon={IconListCheck} />
      <Place to="/dial" label={t('nav.dialShort')} icon={IconDialpad} />
      <CallsPlace />
      <Menu position="top-end" width={240} zIndex={300}>
        <Menu.Target>
          <button type="button" className={`${css.place} ${css.more}`}>
            <IconDots size={18} stroke={1.6} aria-hidden />
            <span className={css.label}>{t('nav.more')}</span>
            <UnreadCount />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconBell size={18} stroke={1.6} />} onClick={onBell}>
            {bellLabel}
          </Menu.Item>
          {phone && (
            <Menu.Item leftSection={<phone.Icon size={18} stroke={1.6} />} onClick={onPhone}>
              {phone.words}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconSearch size={18} stroke={1.6} />} onClick={onFind}>
            {t('nav.find')}
          </Menu.Item>
          <Menu.Item component={Link} to="/companies" leftSection={<IconBuilding size={18} stroke={1.6} />}>
            {t('nav.companies')}
          </Menu.Item>
          <Menu.Item component={Link} to="/leads" leftSection={<IconTargetArrow size={18} stroke={1.6} />}>
            {t('nav.leads')}
          </Menu.Item>
          {user.isAdmin && (
            <Menu.Item component={Link} to="/deliveries" leftSection={<IconSend size={18} stroke={1.6} />}>
              {t('nav.deliveries')}
            </Menu.Item>
          )}
          <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={18} stroke={1.6} />}>
            {t('nav.settings')}
          </Menu.Item>
          {apps.map((app) => (
            <Menu.Item
              key={app.id}
              component={Link}
              {...({ to: '/apps/$id', params: { id: String(app.id) } } as object)}
              leftSection={<IconAppWindow size={18} stroke={1.6} />}
            >
              {app.title}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <AccountMenu onKeys={onKeys} isInMenu />
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
