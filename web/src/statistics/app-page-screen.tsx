import { Button } from '@mantine/core'
import { IconAppWindow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { placementsQuery } from '../api/queries.ts'
import type { Placement } from '../api/types.ts'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { PlacementFrame } from '../applications/placement-frame.tsx'

/** A page of an app beside the statistics. */
export function AppPageScreen() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/home/calls/pages/$id' })
  const places = useQuery(placementsQuery('TELEPHONY_ANALYTICS_MENU'))
  const placement = places.data?.items.find((one) => String(one.id) === id)
  if (places.isError) return <Failure error={places.error} onRetry={() => void places.refetch()} />
  if (places.isPending) return <Waiting text={t('wait.list', { what: t('apps.what') })} />
  if (!placement)
    return (
      <EmptyPage icon={<IconAppWindow size={26} stroke={1.5} />} title={t('history.noPageTitle')} text={t('history.noPage')}>
        <Button component={Link} to="/calls">
          {t('history.back')}
        </Button>
      </EmptyPage>
    )
  return <AppPage key={placement.id} placement={placement} />
}

function AppPage({ placement }: { placement: Placement }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [title, setTitle] = useState(placement.title)
  return (
    <>
      <PageHead title={title} back={{ to: '/calls', label: t('history.title') }} />
      <PlacementFrame placement={placement} look="page" onTitle={setTitle} onClose={() => void navigate({ to: '/calls' })} />
    </>
  )
}
