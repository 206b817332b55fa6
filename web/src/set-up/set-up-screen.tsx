import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { appReportQuery, appsQuery, openCallsQuery, telephonyQuery } from '../api/queries.ts'
import type { App, AppSecret, Call, Telephony } from '../api/types.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import { wasAnswered } from '../calls/call-sentence.ts'
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
  const apps = useQuery({ ...appsQuery, refetchInterval: lookAgainMs })
  const telephony = useQuery({ ...telephonyQuery, refetchInterval: lookAgainMs })
  if (apps.isPending || telephony.isPending) return <Waiting text={t('wait.list', { what: t('setUp.what') })} />
  if (apps.isError) return <Failure error={apps.error} onRetry={() => void apps.refetch()} />
  if (telephony.isError) return <Failure error={telephony.error} onRetry={() => void telephony.refetch()} />
  return <Steps apps={apps.data.items.filter(isPhoneApp)} telephony={telephony.data} appId={appId} />
}

function isPhoneApp(app: App): boolean {
  return app.kind === 'api' && app.scope.includes('telephony')
}

/** The connector that the address names, else the one that clicks go to, else the only one. */
function usualApp(apps: App[], appId: number | null, chosen: string | null): App | null {
  const only = apps.length === 1 ? apps[0] : undefined
  return apps.find((one) => one.id === appId) ?? apps.find((one) => chosen === `app:${one.id}`) ?? only ?? null
}

function Steps({ apps, telephony, appId }: { apps: App[]; telephony: Telephony; appId: number | null }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const navigate = useNavigate()
  const [secret, setSecret] = useState<AppSecret | null>(null)
  const [isNew, setNew] = useState(false)
  const calls = useQuery(openCallsQuery).data?.items ?? []
  const chosen = telephony.portalTarget
  const likely = isNew ? null : usualApp(apps, appId, chosen)
  const isReached = likely !== null && hasSpoken(likely)
  const report = useQuery({ ...appReportQuery(likely?.id ?? 0, user.extension ?? ''), enabled: isReached })
  const found = isReached ? (report.data ?? null) : null
  // one that finds nothing drives no PBX, such as the demo phone: who comes here without naming it wants another one
  const isOther = likely?.id !== appId && found?.answer === 'given' && found.checks.length === 0
  const [app, answer] = isOther ? [null, null] : [likely, found]
  const isAnswering = answer?.answer === 'given'
  const target = telephony.targets.find((one) => one.id === `app:${app?.id}`) ?? null
  const choose = (id: number | null): void => {
    setNew(id === null)
    void navigate({ to: '/settings/set-up', search: id === null ? {} : { app: id }, replace: true })
  }
  return (
    <div className={css.steps}>
      <p className="quiet">{t('setUp.intro')}</p>
      <StepApp apps={apps} app={app} onChoose={choose} onSecret={setSecret} />
      <StepFiles key={app?.id} app={app} secret={secret} onSecret={setSecret} isDone={isAnswering} />
      <StepChecks findings={app && findingsOf(app, target, answer)} report={answer} />
      <StepPhone app={app} canRing={isAnswering} />
      <StepTarget app={app} target={target} chosen={chosen} />
      <StepCall isReady={target?.ready === true && chosen === target.id} hasCalled={calls.some(hasTalked)} />
    </div>
  )
}

function hasTalked(call: Call): boolean {
  return call.state === 'talking' || wasAnswered(call)
}
