import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconBell, IconBellOff, IconCheck, IconCoffee, IconKeyboard, IconLogout, IconPlayerPlay, IconSelector } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { sessionQuery } from '../api/queries.ts'
import type { Language } from '../api/types.ts'
import css from './account-menu.module.css'
import { Monogram } from './monogram.tsx'
import { useSession } from './session.ts'
import { useSound } from './sound.ts'
import { showLanguage } from './texts.ts'

const languages: Record<Language, string> = { en: 'English', ru: 'Русский' }
const schemes: MantineColorScheme[] = ['light', 'dark', 'auto']

/** Who is signed in; language, light or dark, ring tone, sign out. `isInMenu`: only the entries, for a menu that is there. */
export function AccountMenu({ onKeys, isInMenu = false }: { onKeys: () => void; isInMenu?: boolean }) {
  const { t } = useTranslation()
  const { user } = useSession()
  if (isInMenu) return <Entries onKeys={onKeys} />
  return (
    <Menu position="top-start" width={232}>
      <Menu.Target>
        <button type="button" className={css.person} title={t('nav.account')}>
          <Monogram name={user.name} size={28} />
          <span className={css.words}>
            <span className="one-line">{user.name}</span>
            <span className={css.extension}>
              {user.isPaused
                ? t('account.paused')
                : user.extension
                  ? t('account.extension', { extension: user.extension })
                  : t('account.noExtension')}
            </span>
          </span>
          <IconSelector className={css.open} size={16} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Entries onKeys={onKeys} />
      </Menu.Dropdown>
    </Menu>
  )
}

function Entries({ onKeys }: { onKeys: () => void }) {
  const { user } = useSession()
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const sound = useSound()

  const chooseLanguage = (language: Language) => {
    void showLanguage(language)
    queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, user: { ...session.user, language } })
    void portal.changeLanguage(language).catch(() => undefined)
  }
  const changePause = (isPaused: boolean) => {
    queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, user: { ...session.user, isPaused } })
    void portal.changePause(isPaused).catch(() => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }))
  }
  const signOut = async () => {
    await portal.signOut().catch(() => undefined)
    queryClient.clear()
    await navigate({ to: '/sign-in' })
  }
  const check = (isChosen: boolean) => <span className={css.check}>{isChosen && <IconCheck size={16} stroke={2} />}</span>

  return (
    <>
      <Menu.Label>{t('account.language')}</Menu.Label>
      {(Object.keys(languages) as Language[]).map((language) => (
        <Menu.Item key={language} lang={language} leftSection={check(i18n.language === language)} onClick={() => chooseLanguage(language)}>
          {languages[language]}
        </Menu.Item>
      ))}
      <Menu.Label>{t('account.appearance')}</Menu.Label>
      {schemes.map((scheme) => (
        <Menu.Item key={scheme} leftSection={check(colorScheme === scheme)} onClick={() => setColorScheme(scheme)} closeMenuOnClick={false}>
          {t(`account.${scheme}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        leftSection={user.isPaused ? <IconPlayerPlay size={16} stroke={1.6} /> : <IconCoffee size={16} stroke={1.6} />}
        onClick={() => changePause(!user.isPaused)}
      >
        {t(user.isPaused ? 'account.back' : 'account.pause')}
      </Menu.Item>
      <Menu.Item
        leftSection={sound.isOn ? <IconBell size={16} stroke={1.6} /> : <IconBellOff size={16} stroke={1.6} />}
        onClick={() => sound.turn(!sound.isOn)}
        closeMenuOnClick={false}
      >
        {t('account.sound')}: {t(sound.isOn ? 'account.soundOn' : 'account.soundOff')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconKeyboard size={16} stroke={1.6} />}
        rightSection={<kbd className={css.key}>?</kbd>}
        onClick={onKeys}
        visibleFrom="sm"
      >
        {t('account.keys')}
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => void signOut()}>
        {t('account.signOut')}
      </Menu.Item>
    </>
  )
}
