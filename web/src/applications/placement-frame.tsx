import { useMutation } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { Placement } from '../api/types.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { AppFrame, type FrameLook } from './app-frame.tsx'
import { useFrameAsks } from './frame-asks.ts'
import { plainPlace, type Place } from './place.ts'

interface PlacementFrameProps {
  placement: Placement
  look: FrameLook
  place?: Place
  /** a page in the call card belongs to a call */
  callId?: string
  onTitle?: (title: string) => void
  onClose?: () => void
  /** the page took longer than a background page may */
  onSlow?: () => void
}
const nothing = (): void => undefined

/** A page of an app in a place of the portal. */
export function PlacementFrame({ placement, look, place = plainPlace, callId, onTitle, onClose, onSlow }: PlacementFrameProps) {
  const { t } = useTranslation()
  const [isForbidden, setForbidden] = useState(false)
  const open = useMutation({
    mutationFn: () => portal.placementFrame(placement.id, { uri: window.location.pathname, ...(callId !== undefined && { callId }) }),
  })
  const hasAsked = useRef(false)
  const { mutate } = open
  useEffect(() => {
    if (!hasAsked.current) mutate()
    hasAsked.current = true
  }, [mutate])
  const own = useMemo(
    () => ({ reload: () => mutate(), setTitle: onTitle ?? nothing, close: onClose ?? nothing }),
    [mutate, onClose, onTitle],
  )
  const asks = useFrameAsks(placement.appId, own)

  if (look === 'hidden' && !open.data) return null
  if (open.isError) return <Failure error={open.error} onRetry={() => mutate()} />
  if (!open.data) return <Waiting text={t('frame.loading', { name: placement.title })} />
  if (isForbidden) return look === 'hidden' ? null : <p className="quiet">{t('frame.elsewhere', { name: placement.title })}</p>
  return (
    <AppFrame
      key={open.data.appSid}
      frame={open.data}
      name={placement.title}
      place={place}
      asks={asks}
      look={look}
      onForbidden={() => setForbidden(true)}
      {...(onSlow && { onSlow })}
    />
  )
}
