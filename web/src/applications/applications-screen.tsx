import { Button, Modal } from '@mantine/core'
import { IconAlertTriangle, IconApps, IconCircleCheck, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { appsQuery } from '../api/queries.ts'
import type { App, AppInput } from '../api/types.ts'
import { Monogram } from '../app/monogram.tsx'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import { Moment } from '../app/time.tsx'
import { ApplicationForm } from './application-form.tsx'
import css from './applications.module.css'
import { SecretDialog } from './secret-dialog.tsx'

/** The applications of this portal. */
export function ApplicationsScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const apps = useQuery(appsQuery)
  const [isAdding, setAdding] = useState(false)
  const add = useMutation({
    mutationFn: (input: AppInput) => portal.addApp(input),
    onSuccess: async () => {
      setAdding(false)
      await queryClient.invalidateQueries({ queryKey: ['apps'] })
    },
  })
  const items = apps.data?.items ?? []
  const addButton = (
    <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setAdding(true)} data-add>
      {t('apps.add')}
    </Button>
  )
  return (
    <>
      {items.length > 0 && <div className={css.tools}>{addButton}</div>}
      {apps.isPending && <Waiting text={t('wait.list', { what: t('apps.what') })} />}
      {apps.isError && <Failure error={apps.error} onRetry={() => void apps.refetch()} />}
      {apps.isSuccess && items.length === 0 && (
        <EmptyPage icon={<IconApps size={26} stroke={1.5} />} title={t('apps.emptyTitle')} text={t('apps.empty')}>
          {addButton}
        </EmptyPage>
      )}
      <ul className={css.apps}>
        {items.map((app) => (
          <li key={app.id}>
            <AppRow app={app} />
          </li>
        ))}
      </ul>
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t('apps.add')}
        size={560}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <ApplicationForm
          app={null}
          error={add.error}
          isSaving={add.isPending}
          onSave={(input) => add.mutate(input)}
          onCancel={() => setAdding(false)}
        />
      </Modal>
      {add.data && (
        <SecretDialog
          secret={add.data}
          onClose={() => {
            const { id } = add.data.app
            add.reset()
            void navigate({ to: '/settings/applications/$id', params: { id: String(id) } })
          }}
        />
      )}
    </>
  )
}

function AppRow({ app }: { app: App }) {
  const { t } = useTranslation()
  return (
    <Link to="/settings/applications/$id" params={{ id: String(app.id) }} className={css.app}>
      <Monogram name={app.title} size={36} isSquare />
      <span className={css.words}>
        <span className={css.title}>{app.title}</span>
        <span className="faint one-line">
          {t(`apps.kind.${app.kind}`)} · {app.scope.join(', ')}
        </span>
      </span>
      <span className={css.seen}>
        {t('apps.lastSeen')}: {app.lastSeenAt === null ? t('apps.never') : <Moment at={app.lastSeenAt} style="ago" />}
      </span>
      <InstallState isInstalled={app.installed} />
    </Link>
  )
}

/** Installed or not, as icon and words. */
export function InstallState({ isInstalled }: { isInstalled: boolean }) {
  const { t } = useTranslation()
  return (
    <span className={css.state} data-installed={isInstalled}>
      {isInstalled ? <IconCircleCheck size={16} stroke={1.8} aria-hidden /> : <IconAlertTriangle size={16} stroke={1.8} aria-hidden />}
      {t(isInstalled ? 'apps.installed' : 'apps.notInstalled')}
    </span>
  )
}
