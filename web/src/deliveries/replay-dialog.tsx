import { Button, Modal } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Failure } from '../app/notice.tsx'
import css from './deliveries.module.css'

interface ReplayDialogProps {
  isDial: boolean
  isSending: boolean
  error: Error | null
  onConfirm: () => void
  onClose: () => void
}

/** Asks before an event is sent once more; says so when a phone will ring. */
export function ReplayDialog({ isDial, isSending, error, onConfirm, onClose }: ReplayDialogProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(isDial ? 'delivery.replayDialTitle' : 'delivery.replayTitle')}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <p>{t(isDial ? 'delivery.replayDialText' : 'delivery.replayText')}</p>
      {error && <Failure error={error} />}
      <div className={css.acts}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('act.cancel')}
        </Button>
        <Button loading={isSending} onClick={onConfirm} leftSection={isDial ? <IconPhoneCall size={16} stroke={1.8} /> : null}>
          {t(isDial ? 'delivery.replayDialConfirm' : 'delivery.replay')}
        </Button>
      </div>
    </Modal>
  )
}
