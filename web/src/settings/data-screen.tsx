import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { retentionQuery } from '../api/queries.ts'
import type { RetentionCard, RetentionRules } from '../api/types.ts'
import { formatCount } from '../app/format.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import { Moment } from '../app/time.tsx'
import { ToggleRow } from '../app/toggle-row.tsx'
import { DaysField } from './days-field.tsx'
import css from './settings.module.css'

const fields = ['bodiesDays', 'deliveriesDays', 'tracesDays', 'notificationsDays', 'callbackRequestsDays'] as const

/** How long data is kept, and what the last daily run removed. */
export function DataScreen() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const retention = useQuery(retentionQuery)
  const change = useMutation({
    mutationFn: (input: Partial<RetentionRules>) => portal.changeRetention(input),
    onMutate: (input) => queryClient.setQueryData(retentionQuery.queryKey, (now) => now && { ...now, rules: { ...now.rules, ...input } }),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: retentionQuery.queryKey }),
  })
  if (retention.isPending) return <Waiting text={t('wait.list', { what: t('data.what') })} />
  if (retention.isError) return <Failure error={retention.error} onRetry={() => void retention.refetch()} />
  const { rules } = retention.data
  return (
    <div className={css.column}>
      {change.isError && <Failure error={change.error} />}
      <section className={css.block} aria-labelledby="kept-title">
        <div>
          <h2 id="kept-title">{t('data.title')}</h2>
          <p className="quiet">{t('data.text')}</p>
        </div>
        {fields.map((name) => (
          <DaysField
            key={`${name} ${rules[name]}`}
            label={t(`data.${name}`)}
            hint={t(`data.${name}Text`)}
            value={rules[name]}
            onChange={(days) => change.mutate({ [name]: days })}
          />
        ))}
        <ToggleRow
          label={t('data.archive')}
          text={t('data.archiveText')}
          checked={rules.archive}
          onChange={(archive) => change.mutate({ archive })}
        />
      </section>
      <LastRun {...retention.data} />
    </div>
  )
}

function LastRun({ last, archive }: RetentionCard) {
  const { t, i18n } = useTranslation()
  const count = (value: number): string => formatCount(i18n.language, value)
  const removed = Object.values(last?.report ?? {}).reduce((sum, rows) => sum + rows, 0)
  return (
    <section className={css.block} aria-labelledby="last-title">
      <h2 id="last-title">{t('data.lastTitle')}</h2>
      {last === null ? (
        <p>{t('data.never')}</p>
      ) : (
        <p>
          <Moment at={last.endedAt} />: {removed === 0 ? t('data.nothing') : t('data.removed', { rows: count(removed), count: removed })}
        </p>
      )}
      <p className="quiet">
        {archive.files === 0
          ? t('data.noArchive')
          : t('data.archived', { count: archive.files, rows: count(archive.rows), size: count(Math.ceil(archive.bytes / 2 ** 20)) })}
      </p>
    </section>
  )
}
