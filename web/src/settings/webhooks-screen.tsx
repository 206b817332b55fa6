import { ActionIcon, Button, Modal } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { incomingWebhooksQuery, outgoingWebhooksQuery } from '../api/queries.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import css from './settings.module.css'
import { IncomingWebhookForm, OutgoingWebhookForm } from './webhook-forms.tsx'
import { IncomingTable, OutgoingTable } from './webhook-tables.tsx'

interface Doomed {
  id: number
  title: string
  direction: 'incoming' | 'outgoing'
}

/** Secret addresses for scripts, and addresses of ours that get events. */
export function WebhooksScreen() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const incoming = useQuery(incomingWebhooksQuery)
  const outgoing = useQuery(outgoingWebhooksQuery)
  const [adding, setAdding] = useState<'incoming' | 'outgoing' | null>(null)
  const [doomed, setDoomed] = useState<Doomed | null>(null)
  const remove = useMutation({
    mutationFn: ({ id, direction }: Doomed) =>
      direction === 'incoming' ? portal.deleteIncomingWebhook(id) : portal.deleteOutgoingWebhook(id),
    onSuccess: async () => {
      setDoomed(null)
      await queryClient.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
  const deleteButton = (hook: Doomed) => (
    <ActionIcon size={28} onClick={() => setDoomed(hook)} aria-label={`${t('act.delete')}: ${hook.title}`}>
      <IconTrash size={16} stroke={1.7} />
    </ActionIcon>
  )
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['webhooks'] })
  if (incoming.isPending || outgoing.isPending) return <Waiting text={t('wait.list', { what: t('webhooks.what') })} />
  if (incoming.isError || outgoing.isError) return <Failure error={incoming.error ?? outgoing.error} onRetry={refresh} />

  return (
    <div className={css.column} style={{ maxWidth: 880 }}>
      <section className={css.block}>
        <div className={css.blockHead}>
          <div>
            <h2>{t('webhooks.incoming')}</h2>
            <p className="quiet">{t('webhooks.incomingText')}</p>
          </div>
          <Button variant="default" leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setAdding('incoming')} data-add>
            {t('webhooks.addIncoming')}
          </Button>
        </div>
        {incoming.data.items.length === 0 ? (
          <p className="faint">{t('webhooks.noIncoming')}</p>
        ) : (
          <IncomingTable hooks={incoming.data.items} acts={(hook) => deleteButton({ ...hook, direction: 'incoming' })} />
        )}
      </section>
      <section className={css.block}>
        <div className={css.blockHead}>
          <div>
            <h2>{t('webhooks.outgoing')}</h2>
            <p className="quiet">{t('webhooks.outgoingText')}</p>
          </div>
          <Button variant="default" leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setAdding('outgoing')}>
            {t('webhooks.addOutgoing')}
          </Button>
        </div>
        {outgoing.data.items.length === 0 ? (
          <p className="faint">{t('webhooks.noOutgoing')}</p>
        ) : (
          <OutgoingTable hooks={outgoing.data.items} acts={(hook) => deleteButton({ ...hook, direction: 'outgoing' })} />
        )}
      </section>
      {adding === 'incoming' && <IncomingWebhookForm onAdded={refresh} onClose={() => setAdding(null)} />}
      {adding === 'outgoing' && <OutgoingWebhookForm onAdded={refresh} onClose={() => setAdding(null)} />}
      <Modal
        opened={doomed !== null}
        onClose={() => setDoomed(null)}
        title={t('webhooks.deleteTitle', { name: doomed?.title ?? '' })}
        closeButtonProps={{ 'aria-label': t('act.close') }}
      >
        <p>{t('webhooks.deleteText')}</p>
        {remove.isError && <Failure error={remove.error} />}
        <div className={css.acts}>
          <Button variant="default" onClick={() => setDoomed(null)} data-autofocus>
            {t('act.cancel')}
          </Button>
          <Button color="red" data-grave loading={remove.isPending} onClick={() => doomed && remove.mutate(doomed)}>
            {t('act.delete')}
          </Button>
        </div>
      </Modal>
    </div>
  )
}
