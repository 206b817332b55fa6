import { Button, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft, IconExternalLink } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { callbackFormsQuery, callbackRequestsQuery, usersQuery } from '../api/queries.ts'
import type { CallbackForm, CallbackFormInput } from '../api/types.ts'
import { CopyText } from '../app/copy-text.tsx'
import { MoreRows } from '../app/more-rows.tsx'
import { Failure, Waiting } from '../app/notice.tsx'
import { CallbackFormEditor } from './callback-form-editor.tsx'
import { OnOff } from './callback-forms-screen.tsx'
import css from './callback-forms.module.css'
import { CallbackRequests } from './callback-requests.tsx'

/** One callback form: its settings, how it looks, how it gets onto a site, and who has asked. */
export function CallbackFormScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const id = Number(useParams({ from: '/home/settings/callback-forms/$id' }).id)
  const forms = useQuery(callbackFormsQuery)
  const users = useInfiniteQuery(usersQuery(''))
  const [isDeleting, setDeleting] = useState(false)
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['callback-forms'] })
  const change = useMutation({
    mutationFn: (input: CallbackFormInput) => portal.changeCallbackForm(id, input),
    onSuccess: () => notifications.show({ message: t('settings.saved') }),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: () => portal.deleteCallbackForm(id),
    onSuccess: async () => {
      await navigate({ to: '/settings/callback-forms' })
      await refresh()
    },
  })
  if (forms.isPending) return <Waiting text={t('wait.page')} />
  if (forms.isError) return <Failure error={forms.error} onRetry={() => void forms.refetch()} />
  const form = forms.data.items.find((one) => one.id === id)
  if (!form) return <p className="quiet">{t('failure.notFound')}</p>
  return (
    <div className={css.page}>
      <Link to="/settings/callback-forms" className={css.back}>
        <IconArrowLeft size={14} stroke={2} aria-hidden /> {t('settings.callbackForms')}
      </Link>
      <header className={css.head}>
        <div>
          <h2>{form.title}</h2>
          <OnOff isOn={form.enabled} />
        </div>
        <div className={css.headActs}>
          <Button
            component="a"
            href={form.enabled ? form.url : `${form.url}?preview=1`}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<IconExternalLink size={16} stroke={1.7} />}
          >
            {t('callbackForms.openPage')}
          </Button>
          <Button variant="default" data-grave onClick={() => setDeleting(true)}>
            {t('act.delete')}
          </Button>
        </div>
      </header>
      <div className={css.parts}>
        <CallbackFormEditor
          key={form.id}
          form={form}
          targets={forms.data.targets}
          voices={forms.data.voices}
          users={users.data?.pages.flatMap((page) => page.items) ?? []}
          isSaving={change.isPending}
          error={change.error}
          onSave={(input) => change.mutate(input)}
        />
        <Aside form={form} shownAt={forms.dataUpdatedAt} />
      </div>
      <Requests id={id} />
      <Modal
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        title={t('callbackForms.deleteTitle', { name: form.title })}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <p>{t('callbackForms.deleteText')}</p>
        {remove.isError && <Failure error={remove.error} />}
        <div className={css.acts}>
          <Button variant="default" onClick={() => setDeleting(false)} data-autofocus>
            {t('act.cancel')}
          </Button>
          <Button color="red" data-grave loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('act.delete')}
          </Button>
        </div>
      </Modal>
    </div>
  )
}

function Aside({ form, shownAt }: { form: CallbackForm; shownAt: number }) {
  const { t } = useTranslation()
  const snippet = `<script src="${form.url}.js" async></script>`
  const path = new URL(form.url).pathname
  return (
    <div className={css.aside}>
      <section className={css.block} aria-labelledby="preview-title">
        <h3 id="preview-title">{t('callbackForms.preview')}</h3>
        <iframe key={shownAt} className={css.preview} src={`${path}?preview=1&embed=1`} title={t('callbackForms.preview')} />
        <p className="faint">{t('callbackForms.previewText')}</p>
      </section>
      <section className={css.block} aria-labelledby="embed-title">
        <h3 id="embed-title">{t('callbackForms.embed')}</h3>
        <p className="quiet">{t('callbackForms.embedText')}</p>
        <pre className={css.snippet}>
          <code>{snippet}</code>
        </pre>
        <div>
          <CopyText value={snippet} label={t('act.copy')} />
        </div>
        {(!form.enabled || form.origins.length === 0) && <p className="faint">{t('callbackForms.embedOff')}</p>}
      </section>
    </div>
  )
}

function Requests({ id }: { id: number }) {
  const { t } = useTranslation()
  const requests = useInfiniteQuery(callbackRequestsQuery(id))
  const items = requests.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={css.block} aria-labelledby="requests-title">
      <h3 id="requests-title">{t('callbackForms.requests')}</h3>
      {requests.isPending && <Waiting text={t('wait.list', { what: t('callbackForms.requestsWhat') })} />}
      {requests.isError && <Failure error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isSuccess && items.length === 0 && <p className="faint">{t('callbackForms.noRequests')}</p>}
      {items.length > 0 && <CallbackRequests items={items} />}
      <MoreRows hasMore={requests.hasNextPage} isFetching={requests.isFetchingNextPage} onMore={() => void requests.fetchNextPage()} />
    </section>
  )
}
