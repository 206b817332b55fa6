import { Button, NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { sessionQuery, targetsQuery, telephonyQuery } from '../api/queries.ts'
import type { TelephonyInput } from '../api/types.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import { ToggleRow } from '../app/toggle-row.tsx'
import { CallsInCrm } from './calls-in-crm.tsx'
import { countryOptions } from './countries.ts'
import { ExplainPanel } from './explain-panel.tsx'
import { LinesTable } from './lines-table.tsx'
import css from './settings.module.css'
import { TargetChoice } from './target-choice.tsx'

/** Where a click goes, how numbers are read, and what a click would do. */
export function TelephonyScreen() {
  const { t, i18n } = useTranslation()
  const { user } = useSession()
  const queryClient = useQueryClient()
  const telephony = useQuery(telephonyQuery)
  const targets = useQuery(targetsQuery)
  const change = useMutation({
    mutationFn: (input: TelephonyInput) => portal.changeTelephony(input),
    onMutate: (input) => queryClient.setQueryData(telephonyQuery.queryKey, (now) => now && { ...now, ...input }),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: () =>
      Promise.all([queryClient.invalidateQueries({ queryKey: ['telephony'] }), queryClient.invalidateQueries({ queryKey: ['explain'] })]),
  })
  const changeOwn = useMutation({
    mutationFn: (target: string | null) => portal.changeOwnTarget(target),
    onMutate: (target) =>
      queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, user: { ...session.user, target } }),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: () =>
      Promise.all([queryClient.invalidateQueries({ queryKey: ['session'] }), queryClient.invalidateQueries({ queryKey: ['explain'] })]),
  })

  if (telephony.isPending) return <Waiting text={t('wait.list', { what: t('telephony.what') })} />
  if (telephony.isError) return <Failure error={telephony.error} onRetry={() => void telephony.refetch()} />
  const { data } = telephony
  const all = targets.data?.items ?? data.targets
  const chosen = data.targets.find((target) => target.id === data.portalTarget)

  return (
    <div className={css.column}>
      <section className={css.block} aria-labelledby="target-title">
        <div>
          <h2 id="target-title">{t('telephony.targetTitle')}</h2>
          <p className="quiet">{t('telephony.targetText')}</p>
        </div>
        {data.warnings.map((warning) => (
          <Notice key={warning} kind="caution">
            {warning}
          </Notice>
        ))}
        {change.isError && <Failure error={change.error} />}
        {data.targets.length > 0 ? (
          <TargetChoice
            name="portal-target"
            legend={t('telephony.targetTitle')}
            targets={data.targets}
            chosen={data.portalTarget}
            noneLabel={t('telephony.targetNone')}
            disabled={!user.isAdmin}
            onChoose={(portalTarget) => change.mutate({ portalTarget })}
          />
        ) : (
          <Notice
            kind="caution"
            action={
              user.isAdmin && (
                <Button component={Link} to="/settings/set-up" variant="light" size="compact-sm">
                  {t('telephony.addApp')}
                </Button>
              )
            }
          >
            <strong>{t('telephony.noTargetsTitle')}.</strong> {t('telephony.noTargets')}
          </Notice>
        )}
        <ToggleRow
          label={t('telephony.allowOwn')}
          checked={data.allowUserTargets}
          disabled={!user.isAdmin}
          onChange={(allowUserTargets) => change.mutate({ allowUserTargets })}
        />
      </section>

      {data.allowUserTargets && all.length > 0 && (
        <section className={css.block} aria-labelledby="own-title">
          <div>
            <h2 id="own-title">{t('telephony.ownTitle')}</h2>
            <p className="quiet">{t('telephony.ownText')}</p>
          </div>
          {changeOwn.isError && <Failure error={changeOwn.error} />}
          <TargetChoice
            name="own-target"
            legend={t('telephony.ownTitle')}
            targets={all}
            chosen={user.target}
            noneLabel={t('telephony.ownDefault', { target: chosen?.title ?? '–' })}
            disabled={false}
            onChoose={(target) => changeOwn.mutate(target)}
          />
        </section>
      )}

      <ExplainPanel />

      <section className={css.block} aria-labelledby="numbers-title">
        <h2 id="numbers-title">{t('card.phones')}</h2>
        <NativeSelect
          label={t('telephony.country')}
          description={t('telephony.countryText')}
          value={data.country}
          disabled={!user.isAdmin}
          data={countryOptions(i18n.language, data.country)}
          onChange={(event) => change.mutate({ country: event.currentTarget.value })}
          maw={360}
        />
        <ToggleRow
          label={t('telephony.serviceCodes')}
          text={t('telephony.serviceCodesText')}
          checked={data.allowServiceCodes}
          disabled={!user.isAdmin}
          onChange={(allowServiceCodes) => change.mutate({ allowServiceCodes })}
        />
        {!user.isAdmin && <p className="faint">{t('settings.adminOnly')}</p>}
      </section>

      {user.isAdmin && <CallsInCrm />}

      <section className={css.block} aria-labelledby="lines-title">
        <div>
          <h2 id="lines-title">{t('telephony.linesTitle')}</h2>
          <p className="quiet">{t('telephony.linesText')}</p>
        </div>
        <LinesTable lines={data.lines} />
      </section>
    </div>
  )
}
