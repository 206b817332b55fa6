import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { profileDiffQuery, profilesQuery, switchesQuery } from '../api/queries.ts'
import type { Switches } from '../api/types.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { LimitsForm } from './limits-form.tsx'
import { ProfileDiffView, type DiffChoice } from './profile-diff-view.tsx'
import css from './settings.module.css'
import { SwitchRows } from './switch-rows.tsx'
import { TimeFields } from './time-fields.tsx'

/** How closely the portal behaves as Bitrix24 does: switches, limits, wire profiles. */
export function CompatibilityScreen() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const switches = useQuery(switchesQuery)
  const change = useMutation({
    mutationFn: (input: Partial<Switches>) => portal.changeSwitches(input),
    onMutate: (input) => queryClient.setQueryData(switchesQuery.queryKey, (now) => now && { ...now, ...input }),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: switchesQuery.queryKey }),
  })
  if (switches.isPending) return <Waiting text={t('wait.list', { what: t('compat.what') })} />
  if (switches.isError) return <Failure error={switches.error} onRetry={() => void switches.refetch()} />
  return (
    <div className={css.column}>
      {change.isError && <Failure error={change.error} />}
      <section className={css.block} aria-labelledby="switches-title">
        <div>
          <h2 id="switches-title">{t('compat.title')}</h2>
          <p className="quiet">{t('compat.text')}</p>
        </div>
        <SwitchRows switches={switches.data} onChange={(input) => change.mutate(input)} />
        <TimeFields switches={switches.data} onChange={(input) => change.mutate(input)} />
      </section>
      <section className={css.block} aria-labelledby="limits-title">
        <div>
          <h2 id="limits-title">{t('compat.limitsTitle')}</h2>
          <p className="quiet">{t('compat.limitsText')}</p>
        </div>
        <LimitsForm switches={switches.data} onChange={(input) => change.mutate(input)} />
      </section>
      <Profiles />
    </div>
  )
}

function Profiles() {
  const { t } = useTranslation()
  const [choice, setChoice] = useState<DiffChoice>({ first: 'current', second: '2018', event: 'ONEXTERNALCALLSTART' })
  const profiles = useQuery(profilesQuery)
  const diff = useQuery(profileDiffQuery(choice))
  return (
    <section className={css.block} aria-labelledby="profiles-title">
      <div className={css.blockHead}>
        <div>
          <h2 id="profiles-title">{t('compat.profilesTitle')}</h2>
          <p className="quiet">{t('compat.profilesText')}</p>
        </div>
        <Button component={Link} to="/settings/handlers" variant="default" size="compact-sm">
          {t('compat.toHandlers')}
        </Button>
      </div>
      {profiles.isError && <Failure error={profiles.error} onRetry={() => void profiles.refetch()} />}
      {diff.isError && <Failure error={diff.error} onRetry={() => void diff.refetch()} />}
      {profiles.data && (
        <ProfileDiffView
          profiles={profiles.data.items.map(({ name }) => name)}
          events={profiles.data.events}
          choice={choice}
          lines={diff.data?.lines ?? null}
          onChoose={setChoice}
        />
      )}
    </section>
  )
}
