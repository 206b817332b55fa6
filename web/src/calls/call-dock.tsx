import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconChevronUp } from '@tabler/icons-react'
import { useMatches, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf, portal } from '../api/portal.ts'
import { openCallsQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { useSession } from '../app/session.ts'
import { useSound } from '../app/sound.ts'
import { usePhoneView } from '../phone/phone-context.tsx'
import { PhoneCard } from '../phone/phone-cards.tsx'
import { PendingCallCard } from './call-card.tsx'
import css from './call-dock.module.css'
import { ringsHere } from './call-sentence.ts'
import { DockedCall } from './docked-call.tsx'
import { handoverOf } from './handover.ts'
import { useLeaving } from './leaving.ts'
import { usePlaceCall, type CallRefusal } from './place-call.tsx'
import { useRing } from './ring-tab.ts'
import { useDockPlace } from './dock-place.ts'

/** The same list as long as there are no calls. */
const noCalls: Call[] = []
/** More cards than this are folded behind a line that says how many. */
const shownCards = 3

/** All call cards of the person, in every tab, at the bottom right. */
export function CallDock() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { user } = useSession()
  const queryClient = useQueryClient()
  const { data } = useQuery(openCallsQuery)
  const { pending, place } = usePlaceCall()
  const [refusals, setRefusals] = useState<Record<string, CallRefusal | null>>({})
  const [isUnfolded, setUnfolded] = useState(false)
  const { isOn: hasSound } = useSound()
  const path = useMatches({ select: (matches) => matches.at(-1)?.pathname ?? '' })

  const calls = data?.items ?? noCalls
  const docked = useLeaving(calls)
  const phoneCalls = usePhoneView().calls
  // those that have no card of the portal, or none yet
  const strangers = phoneCalls.filter(
    ({ callId, state }) => (callId === null || state === 'talks') && !calls.some((call) => call.callId === callId),
  )
  const ringing = [
    // silent as soon as this browser takes the call
    ...calls
      .filter((call) => ringsHere(call) && !phoneCalls.some(({ callId, state }) => callId === call.callId && state !== 'rings'))
      .map((call) => call.callId),
    ...calls
      .filter(
        (call) =>
          handoverOf(call, user.id)?.kind === 'toMe' && !phoneCalls.some((one) => one.callId === call.callId && one.state !== 'rings'),
      )
      .map((call) => call.callId),
    ...strangers.filter((call) => call.state === 'rings').map((call) => call.id),
  ]
  useRing(hasSound ? ringing.join() : '')

  const dismiss = (call: Call) => {
    queryClient.setQueryData(openCallsQuery.queryKey, (open) => open && { items: open.items.filter((one) => one.callId !== call.callId) })
    void portal.dismissCall(call.callId).catch(() => queryClient.invalidateQueries({ queryKey: openCallsQuery.queryKey }))
  }
  // A new call to the same number makes the card of the one before it pointless.
  const outdated = calls.filter(
    (call, index) => call.state === 'finished' && calls.slice(0, index).some((newer) => newer.international === call.international),
  )
  const outdatedKey = outdated.map((call) => call.callId).join()
  useEffect(() => {
    for (const callId of outdatedKey.split(',')) if (callId) void portal.dismissCall(callId).catch(() => undefined)
  }, [outdatedKey])

  const openEntity = (call: Call) => {
    if (call.entity) void navigate({ to: `/${collectionOf[call.entity.kind]}/$id`, params: { id: String(call.entity.id) } })
  }
  const callAgain = async (call: Call) => {
    setRefusals((all) => ({ ...all, [call.callId]: null }))
    const result = await place({ number: call.number, display: call.display, entity: call.entity, callListId: call.callListId })
    if (!result.ok) setRefusals((all) => ({ ...all, [call.callId]: result.refusal }))
    else if (result.call.callId !== call.callId) dismiss(call)
  }

  const fresh = pending.filter((one) => !calls.some((call) => call.state !== 'finished' && call.number === one.number))
  const hidden = isUnfolded ? 0 : Math.max(0, calls.length + fresh.length - shownCards)
  const folded = hidden > 0 ? calls.slice(Math.max(0, shownCards - fresh.length)) : []

  if (fresh.length + docked.length + strangers.length === 0) return null
  return (
    <Dock label={t('call.card.region')}>
      {hidden > 0 && (
        <button type="button" className={css.more} onClick={() => setUnfolded(true)}>
          <IconChevronUp size={16} aria-hidden /> {t('call.card.more', { count: hidden })}
        </button>
      )}
      {strangers.map((call) => (
        <PhoneCard key={call.id} call={call} />
      ))}
      {fresh.map((one) => (
        <PendingCallCard key={one.key} title={one.entity?.title ?? null} display={one.display} startedAt={one.startedAt} />
      ))}
      {docked
        .filter(({ call }) => !folded.includes(call))
        .map(({ call, isLeaving }) => (
          <DockedCall
            key={call.callId}
            call={call}
            isLeaving={isLeaving}
            isOlder={calls.indexOf(call) > 0}
            onEntityPage={call.entity !== null && path === `/${collectionOf[call.entity.kind]}/${call.entity.id}`}
            ownId={user.id}
            refusal={refusals[call.callId] ?? null}
            onOpenEntity={() => openEntity(call)}
            onAddEntity={() => void navigate({ to: '/contacts/new', search: { phone: call.number } })}
            onCallAgain={() => void callAgain(call)}
            onDismiss={() => dismiss(call)}
          />
        ))}
    </Dock>
  )
}

/** Stands where it covers nothing that is being typed in; mounted only while there are cards. */
function Dock({ label, children }: { label: string; children: ReactNode }) {
  const dock = useRef<HTMLElement>(null)
  const place = useDockPlace(dock)
  return (
    <section ref={dock} className={css.dock} data-place={place} aria-label={label} data-call-dock>
      {children}
    </section>
  )
}
