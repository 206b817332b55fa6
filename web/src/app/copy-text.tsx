import { ActionIcon, Button, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Copies a text; says so. With a label it is a button, without one an icon. */
export function CopyText({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={value} timeout={1600}>
      {({ copied, copy }) => {
        const icon = copied ? <IconCheck size={16} stroke={2} /> : <IconCopy size={16} stroke={1.7} />
        if (label)
          return (
            <Button variant="default" leftSection={icon} onClick={copy}>
              {copied ? t('act.copied') : label}
            </Button>
          )
        return (
          <Tooltip label={copied ? t('act.copied') : t('act.copy')}>
            <ActionIcon size={28} onClick={copy} aria-label={copied ? t('act.copied') : t('act.copy')}>
              {icon}
            </ActionIcon>
          </Tooltip>
        )
      }}
    </CopyButton>
  )
}
