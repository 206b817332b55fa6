import { Button } from '@mantine/core'
import { IconAppWindow } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { EmptyPage, Failure, Notice, Waiting } from '../app/notice.tsx'
import { AppFrame, type FrameLook } from './app-frame.tsx'
import { useFrameAsks } from './frame-asks.ts'
import { plainPlace } from './place.ts'

interface MainFrameProps {
  appId: number
  name: string
  /** joined to PLACEMENT_OPTIONS */
  options?: Record<string, unknown>
  look: FrameLook
  onTitle: (title: string) => void
  onClose: () => void
}

/** The app's own page, or its install page until the installation is finished. */
export function MainFrame({ appId, name, options, look, onTitle, onClose }: MainFrameProps) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [isForbidden, setForbidden] = useState(false)
  const render = useMutation({
    mutationFn: () => portal.frame(appId, { uri: window.location.pathname, ...(options && { options }) }),
  })
  const hasAsked = useRef(false)
  const { mutate } = render
  useEffect(() => {
    if (!hasAsked.current) mutate()
    hasAsked.current = true
  }, [mutate])
  const own = useMemo(
    () => ({
      reload: () => mutate(),
      async finishInstall() {
        await portal.finishAppInstall(appId)
        void queryClient.invalidateQueries({ queryKey: ['apps'] })
        mutate()
      },
      setTitle: onTitle,
      close: onClose,
    }),
    [appId, mutate, onClose, onTitle, queryClient],
  )
  const asks = useFrameAsks(appId, own)

  if (isForbidden)
    return (
      <EmptyPage icon={<IconAppWindow size={26} stroke={1.5} />} title={name} text={t('frame.elsewhere', { name })}>
        <Button onClick={() => window.location.reload()}>{t('failure.reload')}</Button>
      </EmptyPage>
    )
  if (render.isError) return <Failure error={render.error} onRetry={() => mutate()} />
  if (!render.data) return <Waiting text={t('frame.loading', { name })} />
  return (
    <>
      {render.data.install && <Notice kind="info">{t('frame.install')}</Notice>}
      <AppFrame
        key={render.data.appSid}
        frame={render.data}
        name={name}
        place={plainPlace}
        asks={asks}
        look={look}
        onForbidden={() => setForbidden(true)}
      />
    </>
  )
}
