import { IconCirclePlus, IconHistory, IconNote } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '../api/types.ts'
import { formatNearDay } from '../app/format.ts'
import { useNow } from '../app/now.ts'
import { EmptyPage } from '../app/notice.tsx'
import { Moment } from '../app/time.tsx'
import css from './timeline.module.css'
import { TimelineCall } from './timeline-call.tsx'

/** What happened, newest first, under its days. */
export function Timeline({ entries, hasPhone, name }: { entries: TimelineEntry[]; hasPhone: boolean; name: string }) {
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
                {entry.call ? <TimelineCall call={entry.call} name={name} /> : <OtherEntry entry={entry} />}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}

function OtherEntry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation()
  const Icon = entry.kind === 'created' ? IconCirclePlus : IconNote
  return (
    <article className={css.entry}>
      <span className={css.icon} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={css.words}>
        <div className={css.line}>
          <span className={css.what}>{entry.kind === 'created' ? t('timeline.created') : entry.subject || t('timeline.note')}</span>
          <span className={css.at}>
            <Moment at={entry.at} style="time" />
          </span>
        </div>
        {entry.text && <p className={css.text}>{entry.text}</p>}
        {entry.author && <p className={css.by}>{entry.author.name}</p>}
      </div>
    </article>
  )
}
