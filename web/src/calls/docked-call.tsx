import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useEffectEvent, useState } from 'react'
import { placementsQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { useFrameDialogs } from '../applications/dialog-wishes.ts'
import { usePhoneCall } from '../phone/phone-context.tsx'
import { LazyPhoneButtons } from '../phone/phone-cards.tsx'
import { useCallCardPlace } from './call-card-place.ts'
import { CallCard } from './call-card.tsx'
import { wasAnswered } from './call-sentence.ts'
import type { CardPress } from './card-buttons.tsx'
import type { BackgroundEvent, CardControl } from './card-desk.ts'
import { useCardDesk, useDrivenCard } from './driven-card.tsx'
import { handoverOf, useTransferNews } from './handover.ts'
import type { CallRefusal } from './place-call.tsx'
import { TransferButton } from './transfer-button.tsx'

// fetched by those who have such apps
const CardTabs = lazy(() => import('./card-tabs.tsx').then((module) => ({ default: module.CardTabs })))
const CardButtons = lazy(() => import('./card-buttons.tsx').then((module) => ({ default: module.CardButtons })))

/** A good call needs no further act; its card goes by itself. */
const answeredCardStaysMs = 30_000

interface DockedCallProps {
  call: Call
  /** its card is going; it says so to pages of apps and is not shown any more */
  isLeaving: boolean
  /** there is a card of a newer call */
  isOlder: boolean
  onEntityPage: boolean
  /** the signed-in person */
  ownId: number
  refusal: CallRefusal | null
  onOpenEntity: () => void
  onAddEntity: () => void
  onCallAgain: () => void
  onDismiss: () => void
}

/** One call card in the dock, with the pages of apps in it. It closes by itself after a good call, unless it is held. */
export function DockedCall({ call, isLeaving, isOlder, onDismiss, ...card }: DockedCallProps) {
  const desk = useCardDesk()
  const [isHeld, setHeld] = useState(false)
  const [heldForMs, setHeldFor] = useState<{ ms: number } | null>(null)
  const close = useEffectEvent(onDismiss)
  const isOver = call.state === 'finished'
  const closes = wasAnswered(call) && !isLeaving
  useEffect(() => {
    if (heldForMs === null) return
    const timer = window.setTimeout(() => setHeldFor(null), heldForMs.ms)
    return () => window.clearTimeout(timer)
  }, [heldForMs])
  useEffect(() => {
    if (!closes || isHeld || heldForMs !== null) return
    const timer = window.setTimeout(() => close(), answeredCardStaysMs)
    return () => window.clearTimeout(timer)
  }, [closes, isHeld, heldForMs])
  const place = useCallCardPlace(call, {
    hold: (ms) => setHeldFor({ ms }),
    release() {
      setHeldFor(null)
      if (isOver) onDismiss()
    },
    isLeaving,
  })
  const control = useDrivenCard(call, onDismiss)
  const phoneCall = usePhoneCall(call.callId)
  const placements = useQuery(placementsQuery('CALL_CARD')).data?.items ?? []
  const handover = handoverOf(call, card.ownId)
  const news = useTransferNews(handover, call.state === 'talking')
  const canTransfer = call.canTransfer && handover === null && !control
  const keep = () => setHeld(true)
  const letGo = () => setHeld(false)
  return (
    <div onPointerEnter={keep} onPointerLeave={letGo} onFocus={keep} onBlur={letGo} hidden={isLeaving}>
      <CallCard
        call={call}
        {...card}
        onDismiss={() => {
          desk.say(call.callId, 'closeButtonClick')
          onDismiss()
        }}
        control={control}
        handover={handover}
        news={news}
        transfer={canTransfer && !phoneCall && <TransferButton callId={call.callId} onAsked={news.asked} />}
        buttons={
          (phoneCall && !isOver && (
            <LazyPhoneButtons call={phoneCall}>
              {canTransfer && <TransferButton isSmall callId={call.callId} onAsked={news.asked} />}
            </LazyPhoneButtons>
          )) ||
          (control && <DrivenButtons call={call} control={control} onClose={onDismiss} />)
        }
        tabs={
          placements.length > 0 && (
            <Suspense>
              <CardTabs placements={placements} callId={call.callId} isOver={isOver} isOlder={isOlder} place={place} />
            </Suspense>
          )
        }
      />
    </div>
  )
}

const eventOf: Readonly<Record<Exclude<CardPress, 'mute' | 'hold' | 'transfer'>, BackgroundEvent>> = {
  answer: 'answerButtonClick',
  skip: 'skipButtonClick',
  makeCall: 'makeCallButtonClick',
  hangup: 'hangupButtonClick',
  completeTransfer: 'completeTransferButtonClick',
  cancelTransfer: 'cancelTransferButtonClick',
  close: 'closeButtonClick',
  notifyAdmin: 'notifyAdminButtonClick',
  next: 'nextButtonClick',
}

/** The buttons of a driven card: each press is said to the background page, which does what it means. */
function DrivenButtons({ call, control, onClose }: { call: Call; control: CardControl; onClose: () => void }) {
  const desk = useCardDesk()
  const dialogs = useFrameDialogs()
  // what is left to do when the call is over
  if (call.state === 'finished' && !['error', 'moneyError', 'redial'].includes(control.uiState)) return null
  const transfer = async (): Promise<void> => {
    const colleague = await dialogs.selectColleague()
    const phoneNumber = call.international || call.number
    if (colleague) desk.say(call.callId, 'transferButtonClick', { phoneNumber, target: String(colleague.id) })
  }
  const press = (button: CardPress): void => {
    if (button === 'mute') return desk.toggle(call.callId, 'isMuted')
    if (button === 'hold') return desk.toggle(call.callId, 'isHeld')
    if (button === 'transfer') return void transfer()
    desk.say(call.callId, eventOf[button])
    if (button === 'close') onClose()
  }
  return (
    <Suspense>
      <CardButtons
        control={control}
        isInList={call.callListId !== null}
        onPress={press}
        onDigit={(digit) => desk.say(call.callId, 'dialpadButtonClick', digit)}
        onRate={(vote) => desk.say(call.callId, 'qualityMeterClick', vote)}
        onNote={(text) => desk.say(call.callId, 'addCommentButtonClick', text)}
      />
    </Suspense>
  )
}
