import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { portal } from '../api/portal.ts'
import { placementsQuery } from '../api/queries.ts'
import type { Placement } from '../api/types.ts'
import { useCardDesk } from './driven-card.tsx'

const PlacementFrame = lazy(() => import('../applications/placement-frame.tsx').then((module) => ({ default: module.PlacementFrame })))

/** The unseen pages of apps that run beside every page of the portal (PAGE_BACKGROUND_WORKER, contract 8.6). */
export function BackgroundPages() {
  const { data } = useQuery(placementsQuery('PAGE_BACKGROUND_WORKER'))
  return (data?.items ?? []).map((placement) => <BackgroundPage key={placement.id} placement={placement} />)
}

function BackgroundPage({ placement }: { placement: Placement }) {
  const desk = useCardDesk()
  const queryClient = useQueryClient()
  const [place] = useState(() => desk.placeOf(placement.appId))
  const reportSlow = (): void =>
    void portal.reportSlowPage(placement.id).then(
      ({ removed }) => (removed ? queryClient.invalidateQueries({ queryKey: ['placements'] }) : undefined),
      () => undefined,
    )
  return (
    <Suspense>
      <PlacementFrame placement={placement} look="hidden" place={place} onSlow={reportSlow} />
    </Suspense>
  )
}
