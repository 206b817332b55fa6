import { useDocumentVisibility } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { missedCallsQuery } from '../api/queries.ts'
import css from './missed-count.module.css'

function useMissed(): number {
  return useQuery(missedCallsQuery).data?.count ?? 0
}

/** The name of the calls with what was missed of them. */
export function useMissedLabel(label: string): string {
  const { t } = useTranslation()
  const count = useMissed()
  return count > 0 ? t('history.missedBeside', { label, count }) : label
}

/** The number beside Calls; nothing when none was missed. */
export function MissedCount() {
  const count = useMissed()
  if (count === 0) return null
  return (
    <span className={css.count} aria-hidden data-missed-count>
      {count > 99 ? '99+' : count}
    </span>
  )
}

/** The person looks at the calls: what was missed, and what is missed while they look, is not counted any more. */
export function useLookAtMissed(): void {
  const queryClient = useQueryClient()
  const count = useMissed()
  const visibility = useDocumentVisibility()
  const { mutate } = useMutation({
    mutationFn: () => portal.lookAtMissedCalls(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: missedCallsQuery.queryKey }),
  })
  useEffect(() => {
    if (count > 0 && visibility === 'visible') mutate()
  }, [count, visibility, mutate])
}
