import { Button, CloseButton } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowDownLeft,
  IconArrowUpRight,
  IconCheck,
  IconHelpCircle,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneRinging,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Call } from '../api/types.ts'
import css from './call-card.module.css'
import { isUnderWay, nextActionOf, outcomeOf, sentenceOf, type CallMood, type NextAction } from './call-sentence.ts'
import type { CardControl } from './card-desk.ts'
import { formatDuration } from './duration.ts'
import { Elapsed } from './elapsed.tsx'
import type { Handover, TransferNews } from './handover.ts'
import type { CallRefusal } from './place-call.tsx'
import { RefusalNotice } from './refusal-notice.tsx'
import { useLapse } from './use-lapse.ts'

/** An app that reports its progress does so within this time; many report only the end. */
const ringsWithinMs = 20_000

interface CallCardProps {
  call: Call
  onEntityPage: boolean
  /** the signed-in person */
  ownId: number
  refusal: CallRefusal | null
  onOpenEntity: () => void
  onAddEntity: () => void
  onCallAgain: () => void
  onDismiss: () => void
  /** what a background page has made of the card; null: nothing drives it */
  control: CardControl | null
  /** the talk is being handed over */
  handover: Handover | null
  news: TransferNews
  /** the button that hands the talk over, when nothing else has one */
  transfer: ReactNode
  /** buttons of a driven card, instead of the one next action */
  buttons: ReactNode
  /** pages of apps in the card */
  tabs: ReactNode
}

const moodIcons: Record<CallMood, typeof IconCheck> = {
  waits: IconPhoneRinging,
  talks: IconPhoneCall,
  done: IconCheck,
  failed: IconPhoneOff,
  unsure: IconHelpCircle,
}

/** One call: who, number, state in words, clock, and the one next action. */
export function CallCard({
  call,
  onEntityPage,
  ownId,
  refusal,
  onOpenEntity,
  onAddEntity,
  onCallAgain,
  onDismiss,
  control,
  handover,
  news,
  transfer,
  buttons,
  tabs,
}: CallCardProps) {
  const { t } = useTranslation()
  const sentence = sentenceOf(call, formatDuration(call.durationSeconds))
  const outcome = outcomeOf(call)
  const ownMood = handover?.kind === 'toMe' ? 'waits' : sentence.mood
  const mood = control?.uiState === 'connected' && call.state !== 'finished' ? 'talks' : ownMood
  const action = nextActionOf(call, onEntityPage)
  const isSilent = useLapse(sentence.key === 'taken', ringsWithinMs)
  const key = isSilent ? 'takenSilent' : sentence.key
  const own = key === 'ended' && outcome ? t(`call.outcome.${outcome}`) : t(`call.sentence.${key}`, sentence.values)
  const transferred = handover && t(`call.transfer.${handover.kind}`, { name: handover.name })
  const words =
    control && call.state !== 'finished' ? (control.statusText ?? t(`call.drive.state.${control.uiState}`)) : (transferred ?? own)

  return (
    <article
      className={css.card}
      data-mood={mood}
      data-call-id={call.callId}
      data-state={call.state}
      data-direction={call.direction}
      aria-label={t('call.card.label', { name: call.entity?.title ?? call.display })}
    >
      <header className={css.head}>
        <MoodIcon mood={mood} isIncoming={call.direction === 'incoming'} />
        <Who call={call} title={control?.title ?? null} onOpenEntity={onOpenEntity} />
        <CardClock call={call} control={control} isUnsure={sentence.mood === 'unsure'} />
        <CloseButton size="md" data-close-card onClick={onDismiss} aria-label={t('call.card.close')} />
      </header>
      <p className={css.sentence} role="status" aria-live="polite">
        {words}
      </p>
      <TransferLine news={news} />
      {call.direction === 'incoming' && <Responsible call={call} ownId={ownId} />}
      {sentence.refusal && <p className={css.quote}>“{sentence.refusal}”</p>}
      {call.closedByPortal && sentence.key === 'closedByPortal' && <p className="faint">{t('call.card.provisional')}</p>}
      {refusal && (
        <div className={css.refusal}>
          <RefusalNotice refusal={refusal} />
        </div>
      )}
      <footer className={css.foot}>
        {buttons || (
          <NextStep
            call={call}
            action={action}
            onOpenEntity={onOpenEntity}
            onAddEntity={onAddEntity}
            onCallAgain={onCallAgain}
            onDismiss={onDismiss}
          />
        )}
        {transfer}
        <FootLine call={call} mood={sentence.mood} />
      </footer>
      {tabs}
    </article>
  )
}

/** What became of a transfer that did not end the talk. */
function TransferLine({ news }: { news: TransferNews }) {
  const { t } = useTranslation()
  if (news.rings !== null) return <p className="quiet">{t('call.transfer.rings', { name: news.rings })}</p>
  if (news.missedBy === null) return null
  return (
    <p className={css.missed} role="alert">
      {t('call.transfer.missed', { name: news.missedBy })}
    </p>
  )
}

/** A call that comes in is not mistaken for one's own. */
function MoodIcon({ mood, isIncoming }: { mood: CallMood; isIncoming: boolean }) {
  const Icon = isIncoming && mood === 'waits' ? IconPhoneIncoming : moodIcons[mood]
  return (
    <span className={css.mood} aria-hidden>
      <Icon size={20} stroke={1.8} />
    </span>
  )
}

/** Why it failed, or what it goes through. */
function FootLine({ call, mood }: { call: Call; mood: CallMood }) {
  const { t } = useTranslation()
  return (
    <>
      {call.traceId !== null && (mood === 'failed' || mood === 'unsure') && (
        <Link className={css.why} to="/traces/$id" params={{ id: String(call.traceId) }}>
          <IconAlertTriangle size={14} stroke={1.8} aria-hidden /> {t('call.why')}
        </Link>
      )}
      {(call.target || call.line) && (mood === 'waits' || mood === 'talks') && (
        <span className={css.via}>{t('call.card.via', { target: [call.target, call.line].filter(Boolean).join(' · ') })}</span>
      )}
    </>
  )
}

/** Who is called, and by which number; a background page may have given another title. */
function Who({ call, title, onOpenEntity }: Pick<CallCardProps, 'call' | 'onOpenEntity'> & { title: string | null }) {
  const { t } = useTranslation()
  const DirectionIcon = call.direction === 'incoming' ? IconArrowDownLeft : IconArrowUpRight
  return (
    <div className={css.who}>
      {call.entity ? (
        <button type="button" className={css.name} onClick={onOpenEntity}>
          {title ?? call.entity.title}
        </button>
      ) : (
        <span className={css.name}>{title ?? t('call.card.unknown')}</span>
      )}
      <span className={css.number}>
        <DirectionIcon size={14} stroke={2} role="img" aria-label={t(`call.direction.${call.direction}`)} />
        {call.display}
      </span>
    </div>
  )
}

/** The clock of the call, or the timer that a background page runs. */
function CardClock({ call, control, isUnsure }: Pick<CallCardProps, 'call' | 'control'> & { isUnsure: boolean }) {
  if (control) {
    const { timer } = control
    if (!timer) return null
    return (
      <span className={css.clock}>
        {timer.stoppedAt === null ? <Elapsed since={timer.startedAt} /> : formatDuration((timer.stoppedAt - timer.startedAt) / 1000)}
      </span>
    )
  }
  if (!isUnderWay(call) || isUnsure) return null
  return (
    <span className={css.clock}>
      <Elapsed key={call.state === 'talking' ? 'talk' : 'wait'} since={call.answeredAt ?? call.startedAt} />
    </span>
  )
}

/** Whose customer calls. */
function Responsible({ call, ownId }: { call: Call; ownId: number }) {
  const { t } = useTranslation()
  if (!call.responsible) return null
  const { id, name } = call.responsible
  return <p className={css.responsible}>{t(id === ownId ? 'call.card.responsibleYou' : 'call.card.responsible', { name })}</p>
}

type NextStepProps = Pick<CallCardProps, 'call' | 'onOpenEntity' | 'onAddEntity' | 'onCallAgain' | 'onDismiss'> & { action: NextAction }

/** The one next action, large. */
function NextStep({ call, action, onOpenEntity, onAddEntity, onCallAgain, onDismiss }: NextStepProps) {
  const { t } = useTranslation()
  switch (action) {
    case 'open':
      return (
        <Button fullWidth onClick={onOpenEntity} variant="light">
          {t(`call.card.open.${call.entity?.kind ?? 'contact'}`)}
        </Button>
      )
    case 'add':
      return (
        <Button fullWidth onClick={onAddEntity} variant="light">
          {t(call.direction === 'incoming' ? 'call.card.create' : 'call.card.add')}
        </Button>
      )
    case 'again':
      return (
        <Button fullWidth onClick={onCallAgain} leftSection={<IconPhoneCall size={16} stroke={1.8} />}>
          {t('call.card.again')}
        </Button>
      )
    case 'close':
      if (call.state !== 'finished') return null
      return (
        <Button fullWidth onClick={onDismiss} variant="default">
          {t('act.close')}
        </Button>
      )
  }
}

/** The card of a click whose answer is not here yet. */
export function PendingCallCard({ title, display, startedAt }: { title: string | null; display: string; startedAt: number }) {
  const { t } = useTranslation()
  return (
    <article className={css.card} data-mood="waits" data-pending aria-label={t('call.card.label', { name: title ?? display })}>
      <header className={css.head}>
        <span className={css.mood} aria-hidden>
          <IconPhoneRinging size={20} stroke={1.8} />
        </span>
        <div className={css.who}>
          <span className={css.name}>{title ?? t('call.card.unknown')}</span>
          <span className={css.number}>
            <IconArrowUpRight size={14} stroke={2} aria-hidden />
            {display}
          </span>
        </div>
        <span className={css.clock}>
          <Elapsed since={startedAt} />
        </span>
      </header>
      <p className={css.sentence} role="status">
        {t('call.sentence.sending')}
      </p>
    </article>
  )
}
