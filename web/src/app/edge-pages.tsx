import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyPage, Failure, Waiting } from './notice.tsx'

/** For an address that is no page. */
export function NoPage() {
  const { t } = useTranslation()
  return (
    <main>
      <EmptyPage heading="h1" icon={<IconMapOff size={26} stroke={1.5} />} title="404" text={t('failure.noPage')}>
        <Button component={Link} to="/contacts">
          {t('failure.home')}
        </Button>
      </EmptyPage>
    </main>
  )
}

/** For a page that threw. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div style={{ padding: 24 }}>
      <Failure
        error={error}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </div>
  )
}

/** While the code of a page is fetched. */
export function OpeningPage() {
  const { t } = useTranslation()
  return (
    <div style={{ padding: '0 24px' }}>
      <Waiting text={t('wait.page')} />
    </div>
  )
}
