import { Button } from '@mantine/core'
import { IconAppWindow } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { appsQuery } from '../api/queries.ts'
import { EmptyPage, Failure, Notice, Waiting } from '../app/notice.tsx'
import { AppFrame } from './app-frame.tsx'
import css from './applications.module.css'

/** The page of an application that has one, or its install page until the installation is finished. */
export function FrameScreen() {
  const id = Number(useParams({ from: '/home/apps/$id' }).id)
  return <FrameOfApp key={id} id={id} />
}

function FrameOfApp({ id }: { id: number }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const apps = useQuery({ ...appsQuery, retry: false })
  const name = apps.data?.items.find((app) => app.id === id)?.title ?? t('nav.apps')
  const [title, setTitle] = useState<string | null>(null)
  const [isClosed, setClosed] = useState(false)
  const [isForbidden, setForbidden] = useState(false)
  const render = useMutation({ mutationFn: () => portal.frame(id) })
  const hasAsked = useRef(false)
  useEffect(() => {
    document.title = `${title ?? name} · Hookswitch`
  }, [title, name])
  useEffect(() => {
    if (!hasAsked.current) render.mutate()
    hasAsked.current = true
  }, [render])

  const { mutate } = render
  const reload = useCallback(() => {
    setClosed(false)
    mutate()
  }, [mutate])
  const finishInstall = useCallback(async () => {
    await portal.finishAppInstall(id)
    void queryClient.invalidateQueries({ queryKey: ['apps'] })
    reload()
  }, [id, queryClient, reload])
  const renewTokens = useCallback(async () => (await portal.frame(id)).initData, [id])

  const openPath = (path: string) => {
    const place = new URL(path, window.location.origin)
    if (place.pathname === '/dial') void navigate({ to: '/dial', search: { number: place.searchParams.get('number') ?? '', asked: 'app' } })
    else void navigate({ href: path })
  }

  if (isClosed)
    return (
      <EmptyPage icon={<IconAppWindow size={26} stroke={1.5} />} title={name} text={t('frame.closed')}>
        <Button onClick={reload}>{t('frame.again')}</Button>
      </EmptyPage>
    )
  if (isForbidden)
    return (
      <EmptyPage icon={<IconAppWindow size={26} stroke={1.5} />} title={name} text={t('frame.reload')}>
        <Button onClick={() => window.location.reload()}>{t('failure.reload')}</Button>
      </EmptyPage>
    )
  if (render.isError) return <Failure error={render.error} onRetry={reload} />
  if (!render.data) return <Waiting text={t('frame.loading', { name })} />
  return (
    <>
      <header className={css.frameHead}>
        <h1>{title ?? name}</h1>
        {render.data.install && <Notice kind="info">{t('frame.install')}</Notice>}
      </header>
      <AppFrame
        key={render.data.appSid}
        frame={render.data}
        name={name}
        onFinishInstall={finishInstall}
        onRenewTokens={renewTokens}
        onReload={reload}
        onForbidden={() => setForbidden(true)}
        onTitle={setTitle}
        onClose={() => setClosed(true)}
        onOpenPath={openPath}
        onDial={(number) => void navigate({ to: '/dial', search: { number, asked: 'app' } })}
      />
    </>
  )
}
