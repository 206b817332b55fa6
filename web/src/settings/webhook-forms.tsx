import { Button, Modal, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { IncomingWebhookInput, OutgoingWebhookInput } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { isWebAddress, knownEvents, knownScopes } from './known-names.ts'
import { SecretOnce } from './secret-once.tsx'
import css from './settings.module.css'

interface FormProps {
  onAdded: () => void
  onClose: () => void
}

/** Adds an incoming webhook, then shows its address the only time. */
export function IncomingWebhookForm({ onAdded, onClose }: FormProps) {
  const { t } = useTranslation()
  const form = useForm<IncomingWebhookInput>({
    initialValues: { title: '', scope: ['crm', 'telephony'] },
    validate: {
      title: (value) => (value.trim() ? null : t('form.needTitle')),
      scope: (value) => (value.length > 0 ? null : t('webhooks.needScope')),
    },
  })
  const add = useMutation({ mutationFn: (input: IncomingWebhookInput) => portal.addIncomingWebhook(input), onSuccess: onAdded })
  return (
    <Modal
      opened
      onClose={onClose}
      title={add.data ? add.data.title : t('webhooks.addIncoming')}
      size={520}
      closeOnClickOutside={!add.data}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      {add.data ? (
        <SecretOnce title={t('webhooks.onceTitle')} text={t('webhooks.onceText')} value={add.data.url ?? ''} onDone={onClose} />
      ) : (
        <form className={css.form} onSubmit={form.onSubmit((values) => add.mutate({ ...values, title: values.title.trim() }))} noValidate>
          <TextInput label={t('webhooks.name')} data-autofocus {...form.getInputProps('title')} />
          <TagsInput label={t('webhooks.scope')} data={[...knownScopes]} {...form.getInputProps('scope')} />
          {add.isError && <Failure error={add.error} />}
          <div className={css.acts}>
            <Button type="submit" loading={add.isPending}>
              {t('act.add')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

/** Adds an outgoing webhook, then shows its token. */
export function OutgoingWebhookForm({ onAdded, onClose }: FormProps) {
  const { t } = useTranslation()
  const form = useForm<OutgoingWebhookInput>({
    initialValues: { title: '', url: '', events: ['ONEXTERNALCALLSTART'] },
    validate: {
      title: (value) => (value.trim() ? null : t('form.needTitle')),
      url: (value) => (isWebAddress(value.trim()) ? null : t('webhooks.needUrl')),
      events: (value) => (value.length > 0 ? null : t('webhooks.needEvents')),
    },
  })
  const add = useMutation({ mutationFn: (input: OutgoingWebhookInput) => portal.addOutgoingWebhook(input), onSuccess: onAdded })
  return (
    <Modal
      opened
      onClose={onClose}
      title={add.data ? add.data.title : t('webhooks.addOutgoing')}
      size={520}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      {add.data ? (
        <SecretOnce title="" text={t('webhooks.tokenText')} value={add.data.token} onDone={onClose} />
      ) : (
        <form
          className={css.form}
          onSubmit={form.onSubmit((values) => add.mutate({ ...values, title: values.title.trim(), url: values.url.trim() }))}
          noValidate
        >
          <TextInput label={t('webhooks.name')} data-autofocus {...form.getInputProps('title')} />
          <TextInput
            label={t('webhooks.handlerAddress')}
            description={t('webhooks.handlerAddressText')}
            type="url"
            placeholder="https://"
            {...form.getInputProps('url')}
          />
          <TagsInput
            label={t('webhooks.events')}
            description={t('webhooks.eventsText')}
            data={[...knownEvents]}
            {...form.getInputProps('events')}
          />
          {add.isError && <Failure error={add.error} />}
          <div className={css.acts}>
            <Button type="submit" loading={add.isPending}>
              {t('act.add')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
