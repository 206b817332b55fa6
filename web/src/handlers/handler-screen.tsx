import { Button, NumberInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft, IconPlugConnected } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { handlerQuery } from '../api/queries.ts'
import type { Handler, HandlerInput } from '../api/types.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { ToggleRow } from '../app/toggle-row.tsx'
import { AttemptView } from '../deliveries/attempt-view.tsx'
import { DeliveryStateText } from '../deliveries/delivery-words.tsx'
import css from './handlers.module.css'
import { Health, HealthText } from './health.tsx'
import { ProfileSelect } from './profile-select.tsx'
import { SecretBlock } from './secret-block.tsx'

/** One handler: how it is, what it gets at a time, how its events are signed. */
export function HandlerScreen() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const id = Number(useParams({ from: '/home/settings/handlers/$id' }).id)
  const handler = useQuery(handlerQuery(id))
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['handlers'] })
  const change = useMutation({
    mutationFn: (input: HandlerInput) => portal.changeHandler(id, input),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: refresh,
  })
  const test = useMutation({ mutationFn: () => portal.testHandler(id), onSettled: refresh })
  const rotate = useMutation({ mutationFn: () => portal.rotateHandlerSecret(id), onSettled: refresh })

  if (handler.isPending) return <Waiting text={t('wait.page')} />
  if (handler.isError) return <Failure error={handler.error} onRetry={() => void handler.refetch()} />
  const { data } = handler
  const isWell = data.enabled && data.breaker.state === 'closed' && !data.problem
  return (
    <div className={css.page}>
      <header className={css.block}>
        <Link to="/settings/handlers" className="quiet">
          <IconArrowLeft size={14} stroke={2} aria-hidden /> {t('settings.handlers')}
        </Link>
        <h2>{data.event}</h2>
        <Health handler={data} />
        {!isWell && (
          <Notice
            kind="caution"
            {...(data.enabled
              ? {}
              : {
                  action: (
                    <Button loading={change.isPending} onClick={() => change.mutate({ enabled: true })}>
                      {t('handlers.switchOn')}
                    </Button>
                  ),
                })}
          >
            <HealthText handler={data} />
          </Notice>
        )}
      </header>
      <Facts handler={data} />
      {change.isError && <Failure error={change.error} />}

      <section className={css.block}>
        <h2>{t('handlers.testTitle')}</h2>
        <p className="quiet">{t('handlers.testText')}</p>
        <div className={css.acts}>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} stroke={1.7} />}
            loading={test.isPending}
            disabled={!data.enabled || data.kind === 'offline'}
            onClick={() => test.mutate()}
          >
            {t('handlers.test')}
          </Button>
        </div>
        {test.isError && <Failure error={test.error} />}
        {test.data && (
          <>
            <DeliveryStateText state={test.data.state} />
            {test.data.attemptLog.map((attempt) => (
              <AttemptView key={`${test.data.id} ${attempt.number}`} attempt={attempt} isOpen longestMs={Math.max(attempt.durationMs, 1)} />
            ))}
          </>
        )}
      </section>

      <section className={css.block}>
        <h2>{t('handlers.lastDay')}</h2>
        {data.lastDay.length === 0 ? (
          <p className="faint">{t('handlers.nothingYet')}</p>
        ) : (
          <ul className={css.counts}>
            {data.lastDay.map(({ state, count }) => (
              <li key={state}>
                <Link to="/deliveries" search={{ handlerId: id, state }} className="link">
                  <DeliveryStateText state={state} />
                </Link>{' '}
                <span className="tabular">{count}</span>
              </li>
            ))}
          </ul>
        )}
      </section>

      <section className={css.block}>
        <h2>{t('handlers.rules')}</h2>
        <ToggleRow label={t('apps.enabled')} checked={data.enabled} onChange={(enabled) => change.mutate({ enabled })} />
        <div className={css.limits}>
          <ProfileSelect
            label={t('apps.profile')}
            description={t(`compat.profileAbout.${data.profile}`)}
            value={data.profile}
            onChoose={(profile) => change.mutate({ profile })}
          />
        </div>
        <ToggleRow
          label={t('apps.retries')}
          text={t('apps.retriesText')}
          checked={data.retries}
          onChange={(retries) => change.mutate({ retries })}
        />
        <ToggleRow
          label={t('apps.dedupes')}
          text={t('apps.dedupesText')}
          checked={data.dedupes}
          onChange={(dedupes) => change.mutate({ dedupes })}
        />
        <Limits key={`${data.slots} ${data.perMinute}`} handler={data} onChange={(input) => change.mutate(input)} />
      </section>

      <SecretBlock handler={data} job={rotate} />
    </div>
  )
}

function Facts({ handler }: { handler: Handler }) {
  const { t } = useTranslation()
  return (
    <dl className={css.pairs}>
      <dt>{t('handlers.owner')}</dt>
      <dd>{handler.ownerTitle}</dd>
      <dt>{t('delivery.address')}</dt>
      <dd className="code">{handler.kind === 'offline' ? t('apps.offline') : handler.url}</dd>
      <dt>{t('delivery.title')}</dt>
      <dd>
        <Link to="/deliveries" search={{ handlerId: handler.id }} className="link">
          {t('apps.log')}
        </Link>
      </dd>
    </dl>
  )
}

function Limits({ handler, onChange }: { handler: Handler; onChange: (input: HandlerInput) => void }) {
  const { t } = useTranslation()
  const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  return (
    <div className={css.limits}>
      <NumberInput
        label={t('handlers.slots')}
        description={t('handlers.slotsText')}
        placeholder="8"
        min={1}
        max={256}
        allowDecimal={false}
        defaultValue={handler.slots ?? ''}
        onBlur={(event) => {
          const slots = numberOf(event.currentTarget.value)
          if (slots !== handler.slots) onChange({ slots })
        }}
      />
      <NumberInput
        label={t('handlers.perMinute')}
        description={t('handlers.perMinuteText')}
        placeholder={t('handlers.noLimit')}
        min={1}
        max={600_000}
        allowDecimal={false}
        defaultValue={handler.perMinute ?? ''}
        onBlur={(event) => {
          const perMinute = numberOf(event.currentTarget.value)
          if (perMinute !== handler.perMinute) onChange({ perMinute })
        }}
      />
    </div>
  )
}
