import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconPhoneOutgoing } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

const TransferDialog = lazy(() => import('./transfer-dialog.tsx').then((module) => ({ default: module.TransferDialog })))

interface TransferButtonProps {
  callId: string
  /** among the small buttons of the phone */
  isSmall?: boolean
  onAsked: (name: string) => void
}

/** Hands a talk over to a colleague. */
export function TransferButton({ callId, isSmall = false, onAsked }: TransferButtonProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const label = t('call.drive.transfer')
  const open = () => setOpen(true)
  return (
    <>
      {isSmall ? (
        <Tooltip label={label} openDelay={400}>
          <ActionIcon size={36} variant="default" aria-label={label} onClick={open}>
            <IconPhoneOutgoing size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button fullWidth variant="default" leftSection={<IconPhoneOutgoing size={16} stroke={1.8} />} onClick={open}>
          {label}
        </Button>
      )}
      {isOpen && (
        <Suspense>
          <TransferDialog
            callId={callId}
            onDone={(name) => {
              setOpen(false)
              onAsked(name)
            }}
            onCancel={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
