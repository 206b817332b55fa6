import { NativeSelect, type NativeSelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Handler } from '../api/types.ts'

interface ProfileSelectProps extends Pick<NativeSelectProps, 'label' | 'description' | 'aria-label'> {
  value: Handler['profile']
  onChoose: (profile: Handler['profile']) => void
}

/** Which wire profile a handler is sent. */
export function ProfileSelect({ value, onChoose, ...rest }: ProfileSelectProps) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      {...rest}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value as Handler['profile'])}
      data={[
        { value: 'current', label: t('apps.profileCurrent') },
        { value: '2024-11', label: t('apps.profile202411') },
        { value: '2024', label: t('apps.profile2024') },
        { value: '2018', label: t('apps.profile2018') },
        { value: 'no-tokens', label: t('apps.profileNoTokens') },
        { value: 'webhook', label: t('apps.profileWebhook') },
      ]}
    />
  )
}
