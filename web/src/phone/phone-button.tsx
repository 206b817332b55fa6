import { IconHeadset, IconHeadsetOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { phoneOfferQuery } from '../api/queries.ts'
import css from './phone.module.css'
import { usePhoneView, usePhoneWish } from './phone-context.tsx'

/** The words and the icon of this browser's phone; null while the phone app has none. */
export function usePhoneLabel() {
  const { t } = useTranslation()
  const { data } = useQuery({ ...phoneOfferQuery, retry: false })
  const { isWanted } = usePhoneWish()
  const { state } = usePhoneView()
  if (!data?.isOffered && !isWanted) return null
  const Icon = state.kind === 'ready' || state.kind === 'connecting' ? IconHeadset : IconHeadsetOff
  return { Icon, kind: state.kind, words: `${t('phone.title')}: ${t(`phone.short.${state.kind}`)}` }
}

/** The phone of this browser in the navigation at the left. */
export function PhoneButton({ onOpen }: { onOpen: () => void }) {
  const label = usePhoneLabel()
  if (!label) return null
  return (
    <button
      type="button"
      className={css.button}
      data-phone-state={label.kind}
      onClick={onOpen}
      aria-label={label.words}
      title={label.words}
    >
      <label.Icon size={18} stroke={1.6} aria-hidden />
      <span className={css.words}>{label.words}</span>
    </button>
  )
}
