import { Button } from '@mantine/core'
import { IconAppWindow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appsQuery } from '../api/queries.ts'
import { EmptyPage } from '../app/notice.tsx'
import css from './applications.module.css'
import { MainFrame } from './main-frame.tsx'

/** The page of an application that has one, or its install page until the installation is finished. */
export function FrameScreen() {
  const id = Number(useParams({ from: '/home/apps/$id' }).id)
  return <FrameOfApp key={id} id={id} />
}

function FrameOfApp({ id }: { id: number }) {
  const { t } = useTranslation()
  const apps = useQuery({ ...appsQuery, retry: false })
  const name = apps.data?.items.find((app) => app.id === id)?.title ?? t('nav.apps')
  const [title, setTitle] = useState<string | null>(null)
  const [isClosed, setClosed] = useState(false)
  useEffect(() => {
    document.title = `${title ?? name} · Hookswitch`
  }, [title, name])
  const close = useCallback(() => setClosed(true), [])

  if (isClosed)
    return (
      <EmptyPage icon={<IconAppWindow size={26} stroke={1.5} />} title={name} text={t('frame.closed')}>
        <Button onClick={() => setClosed(false)}>{t('frame.again')}</Button>
      </EmptyPage>
    )
  return (
    <>
      <header className={css.frameHead}>
        <h1>{title ?? name}</h1>
      </header>
      <MainFrame appId={id} name={name} look="page" onTitle={setTitle} onClose={close} />
    </>
  )
}
