import { Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appsQuery } from '../api/queries.ts'
import css from './applications.module.css'
import { MainFrame } from './main-frame.tsx'

interface AppSliderProps {
  appId: number
  /** what the app gave to `openApplication`; `bx24_title` and `bx24_width` are for us, all of it goes to the page */
  options: Record<string, unknown>
  onClose: () => void
}

/** The app's page above the page that asked for it. */
export function AppSlider({ appId, options, onClose }: AppSliderProps) {
  const { t } = useTranslation()
  const apps = useQuery({ ...appsQuery, retry: false })
  const asked = options['bx24_title']
  const [title, setTitle] = useState(typeof asked === 'string' && asked !== '' ? asked.slice(0, 200) : null)
  const name = title ?? apps.data?.items.find((app) => app.id === appId)?.title ?? t('nav.apps')
  const [sent] = useState({ ...options, IFRAME: 'Y' })
  const width = Number(options['bx24_width'])
  return (
    <Drawer
      opened
      position="right"
      size={Number.isFinite(width) && width >= 300 ? `min(${Math.round(width)}px, 100vw)` : 'min(900px, 100vw)'}
      title={name}
      onClose={onClose}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <div className={css.slider}>
        <MainFrame appId={appId} name={name} options={sent} look="panel" onTitle={setTitle} onClose={onClose} />
      </div>
    </Drawer>
  )
}
