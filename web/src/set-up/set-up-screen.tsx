import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appReportQuery, appsQuery, openCallsQuery, telephonyQuery } from '../api/queries.ts'
import type { AppSecret } from '../api/types.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import { findingsOf, hasSpoken } from './findings.ts'
import css from './set-up.module.css'
import { StepApp } from './step-app.tsx'
import { StepCall, StepTarget } from './step-call.tsx'
import { StepChecks } from './step-checks.tsx'
import { StepFiles } from './step-files.tsx'
import { StepPhone } from './step-phone.tsx'

const lookAgainMs = 3_000

/** From nothing to the first call through one's own PBX. `appId`: the connector that is set up; null takes the one that clicks go to. */
export function SetUpScreen({ appId }: { appId: number | null }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const navigate = useNavigate()
  const [secret, setSecret] = useState<AppSecret | null>(null)
  const [isNew, setNew] = useState(false)
  const apps = useQuery({ ...appsQuery, refetchInterval: lookAgainMs })
  const telephony = useQuery({ ...telephonyQuery, refetchInterval: lookAgainMs })
  const openCalls = useQuery(openCallsQuery)
  const phoneApps = apps.data?.items.filter((one) => one.kind === 'api' && one.scope.includes('telephony')) ?? []
  const chosen = telephony.data?.portalTarget ?? null
  const usual = phoneApps.find((one) => chosen === `app:${one.id}`) ?? (phoneApps.length === 1 ? phoneApps[0] : undefined)
  const app = phoneApps.find((one) => one.id === appId) ?? (isNew ? null : (usual ?? null))
  const isReached = app !== null && hasSpoken(app)
  const report = useQuery({ ...appReportQuery(app?.id ?? 0, user.extension ?? ''), enabled: isReached })

  if (apps.isPending || telephony.isPending) return <Waiting text={t('wait.list', { what: t('setUp.what') })} />
  if (apps.isError) return <Failure error={apps.error} onRetry={() => void apps.refetch()} />
  if (telephony.isError) return <Failure error={telephony.error} onRetry={() => void telephony.refetch()} />
  const target = telephony.data.targets.find((one) => one.id === `app:${app?.id}`) ?? null
  const answer = isReached ? (report.data ?? null) : null
  const calls = openCalls.data?.items ?? []
  const choose = (id: number | null): void => {
    setNew(id === null)
    void navigate({ to: '/settings/set-up', search: id === null ? {} : { app: id }, replace: true })
  }
  return (
    <div className={css.steps}>
      <p className="quiet">{t('setUp.intro')}</p>
      {!user.isAdmin && <Notice kind="info">{t('settings.adminOnly')}</Notice>}
      <StepApp apps={phoneApps} app={app} onChoose={choose} onSecret={setSecret} />
      <StepFiles key={app?.id} app={app} secret={secret} onSecret={setSecret} isDone={answer?.answer === 'given'} />
      <StepChecks findings={app && findingsOf(app, target, answer)} report={answer} />
      <StepPhone app={app} canRing={answer?.answer === 'given'} />
      <StepTarget app={app} target={target} chosen={chosen} />
      <StepCall
        isReady={target?.ready === true && chosen === target.id}
        hasCalled={calls.some((call) => call.state === 'talking' || call.statusCode === '200')}
      />
    </div>
  )
}
