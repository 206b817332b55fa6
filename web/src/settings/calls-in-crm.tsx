import { NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { switchesQuery } from '../api/queries.ts'
import type { Switches } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { ToggleRow } from '../app/toggle-row.tsx'
import css from './settings.module.css'

/** What a call of somebody unknown makes in the CRM; for administrators. */
export function CallsInCrm() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const switches = useQuery(switchesQuery)
  const change = useMutation({
    mutationFn: (input: Partial<Switches>) => portal.changeSwitches(input),
    onMutate: (input) => queryClient.setQueryData(switchesQuery.queryKey, (now) => now && { ...now, ...input }),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: switchesQuery.queryKey }),
  })
  if (switches.isError) return <Failure error={switches.error} onRetry={() => void switches.refetch()} />
  if (!switches.data) return null
  const { crmMode, repeatSales } = switches.data
  return (
    <section className={css.block} aria-labelledby="crm-title">
      <div>
        <h2 id="crm-title">{t('telephony.crmTitle')}</h2>
        <p className="quiet">{t('telephony.crmText')}</p>
      </div>
      {change.isError && <Failure error={change.error} />}
      <NativeSelect
        label={t('telephony.crmMode')}
        value={crmMode}
        data={[
          { value: 'classic', label: t('telephony.crmClassic') },
          { value: 'simple', label: t('telephony.crmSimple') },
        ]}
        onChange={(event) => change.mutate({ crmMode: event.currentTarget.value === 'simple' ? 'simple' : 'classic' })}
        maw={360}
      />
      <ToggleRow
        label={t('telephony.repeatSales')}
        text={t(crmMode === 'simple' ? 'telephony.repeatDeal' : 'telephony.repeatLead')}
        checked={repeatSales}
        onChange={(on) => change.mutate({ repeatSales: on })}
      />
    </section>
  )
}
