import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { deliveryQuery } from '../api/queries.ts'
import { Refusal } from '../api/request.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { PageHead } from '../app/page-head.tsx'
import { useSession } from '../app/session.ts'
import { Moment } from '../app/time.tsx'
import { AttemptView } from './attempt-view.tsx'
import css from './deliveries.module.css'
import { DeliveryStateText, useReasonText } from './delivery-words.tsx'
import { ReplayDialog } from './replay-dialog.tsx'

/** One event for one handler, with every attempt. */
export function DeliveryScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const reasonText = useReasonText()
  const { user } = useSession()
  const id = Number(useParams({ from: '/home/deliveries/$id' }).id)
  const delivery = useQuery(deliveryQuery(id))
  const [asks, setAsks] = useState<'plain' | 'dial' | null>(null)
  const replay = useMutation({
    mutationFn: (confirmDial: boolean) => portal.replayDelivery(id, confirmDial),
    onSuccess: async (again) => {
      setAsks(null)
      notifications.show({ message: t('delivery.replayed', { id: again.id }) })
      await queryClient.invalidateQueries({ queryKey: ['deliveries'] })
      await navigate({ to: '/deliveries/$id', params: { id: String(again.id) } })
    },
    onError: (error) => {
      if (error instanceof Refusal && error.problem.code === 'confirm_dial') setAsks('dial')
    },
  })

  if (delivery.isPending) return <Waiting text={t('wait.page')} />
  if (delivery.isError) return <Failure error={delivery.error} onRetry={() => void delivery.refetch()} />
  const { data } = delivery
  return (
    <>
      <PageHead
        title={data.event}
        note={`#${data.id}`}
        back={{ to: '/deliveries', label: t('delivery.title') }}
        below={
          <span className={css.verdict}>
            <DeliveryStateText state={data.state} />
            {data.reason && <span className="quiet">– {reasonText(data.reason)}</span>}
          </span>
        }
      >
        {user.isAdmin && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} stroke={1.7} />}
            onClick={() => setAsks(data.deliveryClass === 'dial' ? 'dial' : 'plain')}
          >
            {t('delivery.replay')}
          </Button>
        )}
      </PageHead>
      <dl className={css.pairs}>
        <dt>{t('delivery.handler')}</dt>
        <dd>
          {data.handlerTitle} <span className="faint">{t(`delivery.class.${data.deliveryClass}`)}</span>
        </dd>
        <dt>{t('delivery.address')}</dt>
        <dd className="code">{data.url}</dd>
        {data.callId && (
          <>
            <dt>{t('delivery.call')}</dt>
            <dd>
              <Link className="code link" to="/deliveries" search={{ callId: data.callId }}>
                {data.callId}
              </Link>
            </dd>
          </>
        )}
        <dt>{t('delivery.created')}</dt>
        <dd>
          <Moment at={data.createdAt} style="exact" />
        </dd>
        {data.deadlineAt !== null && data.settledAt === null && (
          <>
            <dt>{t('delivery.deadline')}</dt>
            <dd>
              <Moment at={data.deadlineAt} style="exact" />
            </dd>
          </>
        )}
        {data.dueAt !== null && data.settledAt === null && (
          <>
            <dt>{t('delivery.due')}</dt>
            <dd>
              <Moment at={data.dueAt} style="exact" />
            </dd>
          </>
        )}
        {data.settledAt !== null && (
          <>
            <dt>{t('delivery.settled')}</dt>
            <dd>
              <Moment at={data.settledAt} style="exact" />
            </dd>
          </>
        )}
        {data.replayOf !== null && (
          <>
            <dt>{t('delivery.replayOf')}</dt>
            <dd>
              <Link className="link" to="/deliveries/$id" params={{ id: String(data.replayOf) }}>
                #{data.replayOf}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {data.attemptLog.length === 0 && (
        <p className={css.noAttempts}>
          {data.state === 'skipped' && data.reason
            ? t('delivery.noAttemptsSkipped', { reason: reasonText(data.reason) })
            : t('delivery.noAttempts')}
        </p>
      )}
      <ol className={css.attempts}>
        {data.attemptLog.toReversed().map((attempt, index) => (
          <li key={attempt.number}>
            <AttemptView attempt={attempt} isOpen={index === 0} longestMs={Math.max(...data.attemptLog.map((one) => one.durationMs), 1)} />
          </li>
        ))}
      </ol>
      {asks && (
        <ReplayDialog
          isDial={asks === 'dial'}
          isSending={replay.isPending}
          error={replay.error instanceof Refusal && replay.error.problem.code === 'confirm_dial' ? null : replay.error}
          onConfirm={() => replay.mutate(asks === 'dial')}
          onClose={() => setAsks(null)}
        />
      )}
    </>
  )
}
