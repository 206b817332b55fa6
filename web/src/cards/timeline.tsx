import { IconChecklist, IconCirclePlus, IconHistory, IconNote } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '../api/types.ts'
import { formatNearDay } from '../app/format.ts'
import { useNow } from '../app/now.ts'
import { EmptyPage } from '../app/notice.tsx'
import { Moment } from '../app/time.tsx'
import css from './timeline.module.css'
import { TimelineCall } from './timeline-call.tsx'

interface TimelineProps {
  entries: TimelineEntry[]
  hasPhone: boolean
  name: string
  /** whether the person may delete this note */
  maysDelete: (entry: TimelineEntry) => boolean
  onDeleteNote: (id: number) => void
}

/** What happened, newest first, under its days. */
export function Timeline({ entries, hasPhone, name, maysDelete, onDeleteNote }: TimelineProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  if (entries.length === 0)
    return (
      <EmptyPage
        icon={<IconHistory size={26} stroke={1.5} />}
        title={t('timeline.emptyTitle')}
        text={t(hasPhone ? 'timeline.empty' : 'timeline.emptyNoPhone')}
      />
    )
  const days = Map.groupBy(entries, (entry) => formatNearDay(i18n.language, entry.at, now))
  return (
    <>
      {[...days].map(([day, ofDay]) => (
        <section key={day}>
          <h3 className={css.day}>{day}</h3>
          <ol className={css.entries}>
            {ofDay.map((entry) => (
              <li key={`${entry.kind}${entry.id}`}>
                {entry.call ? (
                  <TimelineCall call={entry.call} name={name} />
                ) : (
                  <OtherEntry entry={entry} onDelete={maysDelete(entry) ? () => onDeleteNote(entry.id) : null} />
                )}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}

const otherIcons = { created: IconCirclePlus, note: IconNote, activity: IconChecklist, call: IconChecklist } as const

function OtherEntry({ entry, onDelete }: { entry: TimelineEntry; onDelete: (() => void) | null }) {
  const { t } = useTranslation()
  const Icon = otherIcons[entry.kind]
  const tellsOfCall = entry.tellsOf !== null
  const named =
    entry.kind === 'created' ? t('timeline.created') : entry.subject || t(entry.kind === 'note' ? 'timeline.note' : 'timeline.activity')
  return (
    <article className={css.entry} data-entry={entry.kind}>
      <span className={css.icon} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={css.words}>
        <div className={css.line}>
          <span className={tellsOfCall ? css.told : css.what}>{tellsOfCall ? entry.text : named}</span>
          <span className={css.at}>
            <Moment at={entry.at} style="time" />
          </span>
        </div>
        {entry.text && !tellsOfCall && <p className={css.text}>{entry.text}</p>}
        {(entry.author || onDelete) && (
          <p className={css.by}>
            {entry.author?.name}
            {onDelete && (
              <>
                {entry.author && ' · '}
                <button type="button" className={css.act} onClick={onDelete}>
                  {t('act.delete')}
                </button>
              </>
            )}
          </p>
        )}
      </div>
    </article>
  )
}
