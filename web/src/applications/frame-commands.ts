import type { Frame } from '../api/types.ts'
import { pathInPortal } from './frame-paths.ts'
import { readTextOf, type FrameCommand } from './frame-protocol.ts'
import type { Place } from './place.ts'

/** What a page of an app may ask of ours. */
export interface FrameAsks {
  finishInstall: () => Promise<void>
  /** new tokens for the app */
  renewTokens: () => Promise<{ AUTH_ID: string; REFRESH_ID: string; AUTH_EXPIRES: string }>
  /** `own`: of the person, else of the app (administrators) */
  setOption: (option: { name: string; value: unknown; own: boolean }) => Promise<void>
  reload: () => void
  setTitle: (title: string) => void
  close: () => void
  openPath: (path: string) => void
  /** opens the dialer with a number; a frame never places a call by itself */
  dial: (number: string) => void
  /** opens the dialer with a colleague's extension; false when there is none */
  dialUser: (userId: number) => Promise<boolean>
  /** opens the app's page above this one; settles when it is closed */
  openApplication: (options: Record<string, unknown>) => Promise<void>
  /** null: the person chose nobody */
  selectUsers: (isMultiple: boolean) => Promise<unknown>
  selectCrm: (wish: { kinds: string[]; isMultiple: boolean }) => Promise<unknown>
  selectAccess: (blocked: string[]) => Promise<unknown>
}

/** The answer to what this portal does not have; the page's callback is called, so it does not wait for ever. */
export const notSupported = { result: 'error', errorCode: 'METHOD_NOT_SUPPORTED' } as const

type Obey = (params: unknown, asks: FrameAsks, frame: Frame) => unknown

const commands: Readonly<Record<string, Obey>> = {
  getInitData: (_, __, frame) => frame.initData,
  async setInstallFinish(_, asks, frame) {
    if (frame.install) await asks.finishInstall()
    return true
  },
  // The official SDK says this by itself as soon as it is loaded on an install page; it ends nothing.
  setInstall: () => true,
  refreshAuth: (_, asks) => asks.renewTokens(),
  setAppOption: (params, asks, frame) => setOption(params, asks, { data: frame.initData, of: 'APP_OPTIONS' }),
  setUserOption: (params, asks, frame) => setOption(params, asks, { data: frame.initData, of: 'USER_OPTIONS' }),
  setTitle(params, asks) {
    asks.setTitle(readTextOf(params, 'title').slice(0, 200))
    return true
  },
  setScroll(params) {
    const scroll = Number(readTextOf(params, 'scroll'))
    if (Number.isFinite(scroll)) window.scrollTo({ top: scroll })
    return true
  },
  reloadWindow(_, asks) {
    asks.reload()
    return true
  },
  closeApplication(_, asks) {
    asks.close()
    return true
  },
  async openApplication(params, asks) {
    await asks.openApplication(mapOf(params))
    return []
  },
  openPath(params, asks) {
    const path = pathInPortal(readTextOf(params, 'path'))
    if (path === null) return { result: 'error', errorCode: 'PATH_NOT_AVAILABLE' }
    asks.openPath(path)
    return { result: 'success' }
  },
  imPhoneTo(params, asks) {
    asks.dial(readTextOf(params, 'phone').slice(0, 200))
    return true
  },
  async imCallTo(params, asks) {
    const id = Number(readTextOf(params, 'userId'))
    return Number.isSafeInteger(id) && id > 0 && (await asks.dialUser(id)) ? true : notSupported
  },
  selectUser: (params, asks) => asks.selectUsers(mapOf(params)['mult'] === true),
  selectCRM(params, asks) {
    const { entityType, multiple } = mapOf(params)
    const kinds = (Array.isArray(entityType) ? entityType : [entityType]).filter((kind) => typeof kind === 'string')
    return asks.selectCrm({ kinds, isMultiple: multiple === true })
  },
  selectAccess(params, asks) {
    const { value } = mapOf(params)
    return asks.selectAccess(Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [])
  },
}

/** Does what a page of an app asks for and answers what it is told; refusals come as `{result: 'error', errorCode}`. */
export async function obey({ method, params }: FrameCommand, { frame, place, asks }: { frame: Frame; place: Place; asks: FrameAsks }) {
  if (method === 'getInterface') return { command: Object.keys(place.commands), event: place.events }
  const command = Object.hasOwn(place.commands, method) ? place.commands[method] : undefined
  if (command) return command(params)
  const general = Object.hasOwn(commands, method) ? commands[method] : undefined
  return general ? general(params, asks, frame) : notSupported
}

async function setOption(params: unknown, asks: FrameAsks, { data, of }: { data: Frame['initData']; of: 'APP_OPTIONS' | 'USER_OPTIONS' }) {
  const { value = null } = mapOf(params)
  const name = readTextOf(params, 'name')
  if (name === '') return { result: 'error', errorCode: 'ERROR_ARGUMENT' }
  await asks.setOption({ name, value, own: of === 'USER_OPTIONS' })
  // a page that asks again gets what is stored now
  data[of] = { ...mapOf(data[of]), [name]: value }
  return true
}

function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
