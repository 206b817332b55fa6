import { Button, Checkbox, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { replayPlanQuery } from '../api/queries.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import type { DeliveriesSearch } from './deliveries-search.ts'
import css from './deliveries.module.css'

/** Counts what the filters match, then sends exactly that again. Calls are placed only if that is ticked. */
export function ReplayManyDialog({ filter, onClose }: { filter: DeliveriesSearch; onClose: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const plan = useQuery(replayPlanQuery({ ...filter }))
  const [places, setPlaces] = useState(false)
  const count = plan.data ? plan.data.notices + (places ? plan.data.dials : 0) : 0
  const replay = useMutation({
    mutationFn: () =>
      portal.replayMany(
        { filter, upToId: plan.data?.upToId ?? 0, expectedCount: count, dials: places ? 'place' : 'leave_out' },
        crypto.randomUUID(),
      ),
    onSuccess: async ({ count: sent }) => {
      onClose()
      notifications.show({ message: t('delivery.manyReplayed', { count: sent }) })
      await queryClient.invalidateQueries({ queryKey: ['deliveries'] })
    },
    onError: () => void plan.refetch(),
  })
  return (
    <Modal opened onClose={onClose} title={t('delivery.manyTitle')} closeButtonProps={{ 'aria-label': t('act.close') }}>
      {plan.isPending && <Waiting text={t('delivery.counting')} />}
      {plan.isError && <Failure error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && (
        <>
          <p>{t('delivery.manyText', { count: plan.data.notices })}</p>
          {plan.data.dials > 0 && (
            <Checkbox
              mt={12}
              label={t('delivery.manyDials', { count: plan.data.dials })}
              description={t('delivery.manyDialsText')}
              checked={places}
              onChange={(event) => setPlaces(event.currentTarget.checked)}
            />
          )}
          {plan.data.withoutHandler > 0 && <p className="faint">{t('delivery.manyWithout', { count: plan.data.withoutHandler })}</p>}
        </>
      )}
      {replay.error && <Failure error={replay.error} />}
      <div className={css.acts}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('act.cancel')}
        </Button>
        <Button disabled={count === 0} loading={replay.isPending} onClick={() => replay.mutate()}>
          {t('delivery.manyConfirm', { count })}
        </Button>
      </div>
    </Modal>
  )
}
