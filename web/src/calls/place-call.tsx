import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useMemo, useRef, useState, type ReactNode } from 'react'
import { portal } from '../api/portal.ts'
import { openCallsQuery } from '../api/queries.ts'
import { NoAnswer, Refusal } from '../api/request.ts'
import type { Call, ClickAnswer, EntityKind } from '../api/types.ts'
import { deviceOf } from './device.ts'

/** A press on a number. */
export interface CallRequest {
  number: string
  /** what the card shows until the portal answers */
  display: string
  entity?: { kind: EntityKind; id: number; title: string } | null
  callListId?: number | null
}

/** A click whose answer is not here yet; its card opens at once. */
export interface PendingCall extends CallRequest {
  key: string
  startedAt: number
}

/** Why nothing was called, and what to do. */
export interface CallRefusal {
  code: string
  text: string
  adminText: string
  traceId: number | null
}

/** What became of a press; a refusal without words means that nobody is signed in any more. */
export type CallResult = { ok: true; call: Call } | { ok: false; refusal: CallRefusal } | { ok: false; refusal: null }

interface CallPlace {
  pending: PendingCall[]
  /** Places a call. A second press for the same number while the first is being answered is the first one. */
  place: (request: CallRequest) => Promise<CallResult>
}

const CallPlaceContext = createContext<CallPlace | null>(null)

/** Places calls and knows the clicks under way. */
export function usePlaceCall(): CallPlace {
  const place = use(CallPlaceContext)
  if (!place) throw new Error('usePlaceCall needs a CallPlaceProvider above it')
  return place
}

/** Holds the clicks under way for all chips, the dialer and the call cards. */
export function CallPlaceProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient()
  const [pending, setPending] = useState<PendingCall[]>([])
  const underWay = useRef(new Map<string, Promise<CallResult>>())

  const value = useMemo<CallPlace>(() => {
    const place = async (request: CallRequest): Promise<CallResult> => {
      const key = request.number.replaceAll(/[^\d+*#]/g, '') || request.number
      const same = underWay.current.get(key)
      if (same) return same
      const result = send(request)
      underWay.current.set(key, result)
      setPending((calls) => [...calls, { ...request, key, startedAt: Date.now() }])
      const answer = await result
      if (answer.ok) {
        await queryClient.cancelQueries({ queryKey: openCallsQuery.queryKey })
        queryClient.setQueryData(openCallsQuery.queryKey, (open) => ({ items: withCall(open?.items ?? [], answer.call) }))
        void queryClient.invalidateQueries({ queryKey: openCallsQuery.queryKey })
      }
      underWay.current.delete(key)
      setPending((calls) => calls.filter((call) => call.key !== key))
      return answer
    }
    return { pending, place }
  }, [pending, queryClient])

  return <CallPlaceContext value={value}>{children}</CallPlaceContext>
}

/** The portal knows a repeated click by its key, so one lost answer is asked for again without a second call. */
async function send(request: CallRequest): Promise<CallResult> {
  const input = {
    number: request.number,
    entity: request.entity ? { kind: request.entity.kind, id: request.entity.id } : null,
    callListId: request.callListId ?? null,
    device: deviceOf(),
  }
  const idempotencyKey = newKey()
  const ask = () => portal.click(input, idempotencyKey)
  try {
    const answer: ClickAnswer = await ask().catch((error: unknown) => {
      if (error instanceof NoAnswer) return ask()
      throw error
    })
    return { ok: true, call: answer.call }
  } catch (error) {
    return { ok: false, refusal: readRefusal(error) }
  }
}

function readRefusal(error: unknown): CallRefusal | null {
  if (error instanceof NoAnswer) return { code: 'no_answer', text: '', adminText: '', traceId: null }
  if (!(error instanceof Refusal)) return { code: 'unknown', text: String(error), adminText: '', traceId: null }
  if (error.problem.status === 401) return null
  const { code, detail, title, adminDetail, traceId } = error.problem
  return {
    code,
    text: detail || title,
    adminText: typeof adminDetail === 'string' ? adminDetail : '',
    traceId: typeof traceId === 'number' ? traceId : null,
  }
}

function withCall(calls: Call[], call: Call): Call[] {
  const known = calls.some((one) => one.callId === call.callId)
  return known ? calls.map((one) => (one.callId === call.callId ? call : one)) : [call, ...calls]
}

/** `crypto.randomUUID` is missing on plain http; this works everywhere. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
