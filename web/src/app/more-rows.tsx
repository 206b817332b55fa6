import { Button } from '@mantine/core'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'

interface MoreRowsProps {
  hasMore: boolean
  isFetching: boolean
  onMore: () => void
}

/** Fetches the next page of a list when its end comes near; the button is for those who do not scroll. */
export function MoreRows({ hasMore, isFetching, onMore }: MoreRowsProps) {
  const { t } = useTranslation()
  const end = useRef<HTMLDivElement>(null)
  const more = useEffectEvent(onMore)
  useEffect(() => {
    if (!hasMore || isFetching || !end.current) return
    const sight = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && more(), {
      rootMargin: '400px',
    })
    sight.observe(end.current)
    return () => sight.disconnect()
  }, [hasMore, isFetching])
  if (!hasMore) return null
  return (
    <div ref={end} style={{ display: 'grid', placeItems: 'center', padding: 16 }}>
      <Button variant="default" loading={isFetching} onClick={onMore}>
        {t('act.more')}
      </Button>
    </div>
  )
}
