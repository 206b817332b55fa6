import { Button } from '@mantine/core'
import { IconCircleCheck, IconCircleOff, IconPhoneIncoming, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { callbackFormsQuery } from '../api/queries.ts'
import type { CallbackForm, Target } from '../api/types.ts'
import { EmptyPage, Failure, Waiting } from '../app/notice.tsx'
import css from './callback-forms.module.css'

/** The callback forms of this portal. */
export function CallbackFormsScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const forms = useQuery(callbackFormsQuery)
  const items = forms.data?.items ?? []
  const targets = forms.data?.targets ?? []
  const add = useMutation({
    mutationFn: () => {
      const [only] = targets
      const target = targets.length === 1 && only ? { target: only.id } : {}
      return portal.addCallbackForm({ title: t('callbackForms.firstTitle'), ...target })
    },
    onSuccess: async (form) => {
      await queryClient.invalidateQueries({ queryKey: ['callback-forms'] })
      await navigate({ to: '/settings/callback-forms/$id', params: { id: String(form.id) } })
    },
  })
  const addButton = (
    <Button leftSection={<IconPlus size={16} stroke={2} />} loading={add.isPending} onClick={() => add.mutate()} data-add>
      {t('callbackForms.add')}
    </Button>
  )
  return (
    <div className={css.page}>
      {items.length > 0 && <div className={css.tools}>{addButton}</div>}
      {forms.isPending && <Waiting text={t('wait.list', { what: t('callbackForms.what') })} />}
      {forms.isError && <Failure error={forms.error} onRetry={() => void forms.refetch()} />}
      {add.isError && <Failure error={add.error} />}
      {forms.isSuccess && items.length === 0 && (
        <EmptyPage
          icon={<IconPhoneIncoming size={26} stroke={1.5} />}
          title={t('callbackForms.emptyTitle')}
          text={t('callbackForms.empty')}
        >
          {addButton}
        </EmptyPage>
      )}
      <ul className={css.forms}>
        {items.map((form) => (
          <li key={form.id}>
            <FormRow form={form} target={targets.find((one) => one.id === form.target)} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function FormRow({ form, target }: { form: CallbackForm; target: Target | undefined }) {
  const { t } = useTranslation()
  return (
    <Link to="/settings/callback-forms/$id" params={{ id: String(form.id) }} className={css.row} data-row>
      <span className={css.rowWords}>
        <span className={css.title}>{form.title}</span>
        <span className="faint">
          {[target ? t('callbackForms.to', { target: target.title }) : t('callbackForms.toNobody'), form.userName]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <OnOff isOn={form.enabled} />
    </Link>
  )
}

/** Whether a form is in use, as icon and word. */
export function OnOff({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation()
  const Icon = isOn ? IconCircleCheck : IconCircleOff
  return (
    <span className={css.state} data-tone={isOn ? 'good' : 'quiet'}>
      <Icon size={16} stroke={1.8} aria-hidden /> {t(isOn ? 'callbackForms.on' : 'callbackForms.off')}
    </span>
  )
}
