import { Button, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft, IconExternalLink } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { appQuery } from '../api/queries.ts'
import type { AppInput, HandlerInput } from '../api/types.ts'
import { CopyText } from '../app/copy-text.tsx'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { ApplicationForm } from './application-form.tsx'
import css from './applications.module.css'
import { InstallState } from './applications-screen.tsx'
import { HandlersTable } from './handlers-table.tsx'
import { SecretDialog } from './secret-dialog.tsx'

type Question = 'rotate' | 'delete' | 'edit' | null

/** One application: is it installed, what does it know, where does it want its events. */
export function ApplicationScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const id = Number(useParams({ from: '/home/settings/applications/$id' }).id)
  const app = useQuery(appQuery(id))
  const [question, setQuestion] = useState<Question>(null)
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['apps'] })
  const install = useMutation({
    mutationFn: () => portal.finishAppInstall(id),
    onSuccess: () => notifications.show({ message: t('apps.markedInstalled') }),
    onSettled: refresh,
  })
  const change = useMutation({
    mutationFn: (input: Partial<AppInput>) => portal.changeApp(id, input),
    onSuccess: () => setQuestion(null),
    onSettled: refresh,
  })
  const changeHandler = useMutation({
    mutationFn: ({ handlerId, input }: { handlerId: number; input: HandlerInput }) => portal.changeHandler(handlerId, input),
    onSettled: refresh,
  })
  const rotate = useMutation({ mutationFn: () => portal.rotateAppSecret(id), onSuccess: () => setQuestion(null) })
  const remove = useMutation({
    mutationFn: () => portal.deleteApp(id),
    onSuccess: async () => {
      await navigate({ to: '/settings/applications' })
      queryClient.removeQueries({ queryKey: ['apps', 'one', id] })
      await refresh()
    },
  })

  if (app.isPending) return <Waiting text={t('wait.page')} />
  if (app.isError) return <Failure error={app.error} onRetry={() => void app.refetch()} />
  const { data } = app
  return (
    <div className={css.page}>
      <Link to="/settings/applications" className={css.back}>
        <IconArrowLeft size={14} stroke={2} aria-hidden /> {t('apps.title')}
      </Link>
      <header className={css.head}>
        <div>
          <h2>{data.title}</h2>
          <InstallState isInstalled={data.installed} />
        </div>
        <div className={css.headActs}>
          {data.kind === 'ui' && (
            <Button
              component={Link}
              {...({ to: '/apps/$id', params: { id: String(id) } } as object)}
              variant={data.installed ? 'default' : 'filled'}
              leftSection={<IconExternalLink size={16} stroke={1.7} />}
            >
              {t('apps.open')}
            </Button>
          )}
          <Button variant="default" onClick={() => setQuestion('edit')} data-edit>
            {t('act.edit')}
          </Button>
        </div>
      </header>

      {!data.installed && (
        <Notice
          kind="caution"
          action={
            <Button variant={data.kind === 'ui' ? 'default' : 'filled'} loading={install.isPending} onClick={() => install.mutate()}>
              {t('apps.markInstalled')}
            </Button>
          }
        >
          <strong>{t('apps.notInstalledText')}</strong>
          {data.installProblem && <p>{t('apps.installProblem', { text: data.installProblem })}</p>}
        </Notice>
      )}
      {install.isError && <Failure error={install.error} />}

      <section className={css.block}>
        <h2>{t('apps.handlers')}</h2>
        <p className="quiet">{t('apps.handlersText')}</p>
        {changeHandler.isError && <Failure error={changeHandler.error} />}
        {data.handlers.length === 0 ? (
          <p className="faint">{t('apps.noHandlers')}</p>
        ) : (
          <HandlersTable handlers={data.handlers} onChange={(handlerId, input) => changeHandler.mutate({ handlerId, input })} />
        )}
      </section>

      <section className={css.block}>
        <h2>{t('apps.access')}</h2>
        <dl className={css.pairs}>
          <Copied name={t('apps.clientId')} value={data.clientId} />
          <Copied name={t('apps.applicationToken')} value={data.applicationToken} />
          {data.url && <Copied name={t(data.kind === 'ui' ? 'apps.urlUi' : 'apps.urlApi')} value={data.url} />}
          {data.installUrl && <Copied name={t(data.kind === 'ui' ? 'apps.installUrlUi' : 'apps.installUrlApi')} value={data.installUrl} />}
          <dt>{t('apps.scope')}</dt>
          <dd>{data.scope.join(', ')}</dd>
        </dl>
        <div className={css.headActs}>
          <Button variant="default" onClick={() => setQuestion('rotate')}>
            {t('apps.rotate')}
          </Button>
          <Button variant="default" c="var(--alarm)" onClick={() => setQuestion('delete')}>
            {t('apps.deleteConfirm')}
          </Button>
        </div>
      </section>

      <Modal
        opened={question === 'edit'}
        onClose={() => setQuestion(null)}
        title={data.title}
        size={560}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <ApplicationForm
          app={data}
          error={change.error}
          isSaving={change.isPending}
          onSave={({ kind: _kind, ...input }) => change.mutate(input)}
          onCancel={() => setQuestion(null)}
        />
      </Modal>
      <Confirm
        isOpen={question === 'rotate'}
        title={t('apps.rotateTitle', { name: data.title })}
        text={t('apps.rotateText')}
        act={t('apps.rotate')}
        job={rotate}
        onClose={() => setQuestion(null)}
      />
      <Confirm
        isOpen={question === 'delete'}
        title={t('apps.deleteTitle', { name: data.title })}
        text={t('apps.deleteText')}
        act={t('apps.deleteConfirm')}
        isGrave
        job={remove}
        onClose={() => setQuestion(null)}
      />
      {rotate.data && <SecretDialog secret={rotate.data} onClose={() => rotate.reset()} />}
    </div>
  )
}

function Copied({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={css.copied}>
        <code className="code">{value}</code>
        <CopyText value={value} />
      </dd>
    </>
  )
}

interface ConfirmProps {
  isOpen: boolean
  title: string
  text: string
  act: string
  isGrave?: boolean
  job: { mutate: () => void; isPending: boolean; error: Error | null }
  onClose: () => void
}

function Confirm({ isOpen, title, text, act, isGrave = false, job, onClose }: ConfirmProps) {
  const { t } = useTranslation()
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('act.close') }}>
      <p>{text}</p>
      {job.error && <Failure error={job.error} />}
      <div className={css.acts}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('act.cancel')}
        </Button>
        <Button {...(isGrave ? { color: 'red', 'data-grave': true } : {})} loading={job.isPending} onClick={() => job.mutate()}>
          {act}
        </Button>
      </div>
    </Modal>
  )
}
