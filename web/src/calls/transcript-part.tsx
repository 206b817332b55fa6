import { UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { transcriptQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { Failure, Waiting } from '../app/notice.tsx'
import css from './transcript-part.module.css'
import { Transcript } from './transcript.tsx'

/** The transcript of a call, folded behind a line; it is fetched when it is opened. */
export function TranscriptPart({ call, isOpen = false }: { call: Call; isOpen?: boolean }) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(isOpen)
  const transcript = useQuery({ ...transcriptQuery(call.callId), enabled: isShown })
  const Chevron = isShown ? IconChevronDown : IconChevronRight
  return (
    <div className={css.part}>
      <UnstyledButton className={css.toggle} aria-expanded={isShown} onClick={() => setShown(!isShown)}>
        <Chevron size={14} stroke={2} aria-hidden /> {t('call.transcript.title')}
      </UnstyledButton>
      {isShown && transcript.isPending && <Waiting text={t('wait.list', { what: t('call.transcript.what') })} />}
      {isShown && transcript.isError && <Failure error={transcript.error} onRetry={() => void transcript.refetch()} />}
      {isShown && transcript.isSuccess && <Transcript transcript={transcript.data} call={call} />}
    </div>
  )
}
