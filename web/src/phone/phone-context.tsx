import { useLocalStorage } from '@mantine/hooks'
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import { portal } from '../api/portal.ts'
import { Refusal } from '../api/request.ts'
import { useSession } from '../app/session.ts'
import { createPhone, type Phone, type PhoneCall, type PhoneDevices, type PhoneView } from './phone.ts'
import { createPhoneSound } from './sound.ts'

const PhoneContext = createContext<Phone | null>(null)
const devicesKey = 'hookswitch.phone.devices'
const noDevices: PhoneDevices = { microphone: '', speaker: '' }

/** Holds the phone of this tab, above all pages: it talks on while they change. It starts by itself where it was switched on. */
export function PhoneProvider({ children }: { children: ReactNode }) {
  const { user } = useSession()
  const { isWanted } = usePhoneWish()
  const [phone] = useState(() => buildPhone(user.id))
  useEffect(() => {
    if (isWanted) phone.start()
    else phone.stop()
  }, [phone, isWanted])
  useEffect(() => () => phone.stop(), [phone])
  const isTalking = useSyncExternalStore(phone.subscribe, () => phone.view().calls.some((call) => call.state !== 'rings'))
  // to leave the page ends the talk: the browser asks first
  useEffect(() => {
    if (!isTalking) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isTalking])
  return <PhoneContext value={phone}>{children}</PhoneContext>
}

/** Whether this browser is the person's phone. */
export function usePhoneWish(): { isWanted: boolean; want: (isWanted: boolean) => void } {
  const [value, setValue] = useLocalStorage<'on' | 'off'>({ key: 'hookswitch.phone', defaultValue: 'off', getInitialValueInEffect: false })
  return { isWanted: value === 'on', want: (isWanted) => setValue(isWanted ? 'on' : 'off') }
}

/** The chosen microphone and loudspeaker. */
export function usePhoneDevices(): [PhoneDevices, (devices: PhoneDevices) => void] {
  const [value, setValue] = useLocalStorage<PhoneDevices>({ key: devicesKey, defaultValue: noDevices, getInitialValueInEffect: false })
  return [value, setValue]
}

/** The phone of this tab. */
export function usePhone(): Phone {
  const phone = use(PhoneContext)
  if (!phone) throw new Error('usePhone needs a PhoneProvider above it')
  return phone
}

/** What is to be seen of the phone now. */
export function usePhoneView(): PhoneView {
  const phone = usePhone()
  return useSyncExternalStore(phone.subscribe, phone.view)
}

/** The call of this CALL_ID, if this tab's phone has it. */
export function usePhoneCall(callId: string): PhoneCall | null {
  return usePhoneView().calls.find((call) => call.callId === callId) ?? null
}

function buildPhone(ownId: number): Phone {
  return createPhone({
    access: portal.phoneAccess,
    async isOwnClick(callId) {
      const call = await portal.call(callId)
      return call.userId === ownId && call.direction !== 'incoming' && call.state !== 'finished' && call.state !== 'talking'
    },
    wordsOf: (error) => (error instanceof Refusal ? error.message : null),
    async openSip(access, listener) {
      // fetched by those who use it
      const { openSipPhone } = await import('./sip.ts')
      return openSipPhone(access, `${location.origin.replace(/^http/, 'ws')}/v1/phone/socket`, listener)
    },
    sound: createPhoneSound(),
    devices: readDevices,
    now: () => Date.now(),
  })
}

function readDevices(): PhoneDevices {
  try {
    return { ...noDevices, ...(JSON.parse(localStorage.getItem(devicesKey) ?? '{}') as Partial<PhoneDevices>) }
  } catch {
    return noDevices
  }
}
