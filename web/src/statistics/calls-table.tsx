import { ActionIcon } from '@mantine/core'
import { IconArrowDownLeft, IconArrowUpRight, IconPlayerPlay, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf } from '../api/portal.ts'
import type { Call } from '../api/types.ts'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import { outcomeOf, wasAnswered } from '../calls/call-sentence.ts'
import { formatDuration } from '../calls/duration.ts'
import { PhoneChip } from '../calls/phone-chip.tsx'
import { RecordingPlayer } from '../calls/recording-player.tsx'
import css from './calls.module.css'

/** The rows of the call history; a recording opens below its row. */
export function CallsTable({ calls }: { calls: Call[] }) {
  const { t } = useTranslation()
  const [played, setPlayed] = useState<string | null>(null)
  return (
    <table className={`${table.table} ${css.calls}`}>
      <thead>
        <tr>
          <th>{t('history.customer')}</th>
          <th>{t('history.number')}</th>
          <th>{t('history.outcome')}</th>
          <th className={table.wide}>{t('history.who')}</th>
          <th className={`${table.wide} ${table.number}`}>{t('history.duration')}</th>
          <th className={table.end}>{t('history.when')}</th>
          <th aria-label={t('call.recording.play')} />
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <Fragment key={call.callId}>
            <tr data-call-id={call.callId}>
              <td>
                <span className={css.customer}>
                  <DirectionIcon call={call} />
                  {call.entity ? (
                    <Link to={`/${collectionOf[call.entity.kind]}/$id`} params={{ id: String(call.entity.id) }} className="one-line">
                      {call.entity.title}
                    </Link>
                  ) : (
                    <span className="faint">{t('call.card.unknown')}</span>
                  )}
                </span>
              </td>
              <td>
                <PhoneChip number={call.number} display={call.display} entity={call.entity} callListId={call.callListId} />
              </td>
              <td>
                <Outcome call={call} />
              </td>
              <td className={`${table.wide} quiet`}>{call.userName}</td>
              <td className={`${table.wide} ${table.number}`}>{wasAnswered(call) ? formatDuration(call.durationSeconds) : '–'}</td>
              <td className={`${table.end} quiet ${css.when}`}>
                <Link to="/calls/$callId" params={{ callId: call.callId }} title={t('history.open')}>
                  <Moment at={call.startedAt} />
                </Link>
              </td>
              <td className={css.play}>
                {call.recording && (
                  <ActionIcon
                    size={28}
                    onClick={() => setPlayed(played === call.callId ? null : call.callId)}
                    aria-expanded={played === call.callId}
                    aria-label={t('call.recording.play')}
                  >
                    {played === call.callId ? <IconX size={16} stroke={1.7} /> : <IconPlayerPlay size={16} stroke={1.7} />}
                  </ActionIcon>
                )}
              </td>
            </tr>
            {played === call.callId && call.recording && (
              <tr className={css.player}>
                <td colSpan={7}>
                  <RecordingPlayer
                    recording={call.recording}
                    label={t('call.recording.label', { name: call.entity?.title ?? call.display })}
                  />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function DirectionIcon({ call }: { call: Call }) {
  const { t } = useTranslation()
  const Icon = call.direction === 'incoming' ? IconArrowDownLeft : IconArrowUpRight
  return <Icon className={css.direction} size={16} stroke={1.8} role="img" aria-label={t(`call.direction.${call.direction}`)} />
}

function Outcome({ call }: { call: Call }) {
  const { t } = useTranslation()
  const outcome = outcomeOf(call)
  const words = outcome ? t(`call.outcome.${outcome}`) : t('history.openCall')
  const tone = outcome === null ? 'live' : wasAnswered(call) ? 'good' : 'bad'
  return (
    <Link className={css.outcome} data-tone={tone} to="/calls/$callId" params={{ callId: call.callId }} title={t('history.open')}>
      {words}
    </Link>
  )
}
