import { IconPhoneCall, IconPhoneIncoming } from '@tabler/icons-react'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from '../calls/call-card.module.css'
import type { PhoneCall } from './phone.ts'

const PhoneButtons = lazy(() => import('./phone-buttons.tsx').then((module) => ({ default: module.PhoneButtons })))

/** The buttons of the phone, fetched when there is a call; `children` stand among those of a talk. */
export function LazyPhoneButtons({ call, children }: { call: PhoneCall; children?: ReactNode }) {
  return (
    <Suspense>
      <PhoneButtons call={call}>{children}</PhoneButtons>
    </Suspense>
  )
}

/** A card of a call that the portal knows nothing of: a colleague calls, or the dialplan does. */
export function PhoneCard({ call }: { call: PhoneCall }) {
  const { t } = useTranslation()
  const rings = call.state === 'rings'
  const Icon = rings ? IconPhoneIncoming : IconPhoneCall
  const name = call.name || call.number || t('call.card.unknown')
  return (
    <article
      className={css.card}
      data-mood={rings ? 'waits' : 'talks'}
      data-phone-call={call.id}
      aria-label={t('call.card.label', { name })}
    >
      <header className={css.head}>
        <span className={css.mood} aria-hidden>
          <Icon size={20} stroke={1.8} />
        </span>
        <div className={css.who}>
          <span className={css.name}>{name}</span>
          <span className={css.number}>{call.number}</span>
        </div>
      </header>
      <p className={css.sentence} role="status" aria-live="polite">
        {t(call.state === 'talks' ? 'call.sentence.talking' : rings ? 'call.sentence.incoming' : 'phone.connects')}
      </p>
      <footer className={css.foot}>
        <LazyPhoneButtons call={call} />
      </footer>
    </article>
  )
}
