import { afterAll, beforeAll } from 'vitest'
import { startListener, type Listener } from '../support/listener.ts'
import { startPortal, type Person, type TestApp, type TestPortal } from '../support/portal.ts'

/** A portal with an app that drives a PBX, what the app is asked at, and a person who is no administrator. There from the first test on. */
export interface Exchange {
  readonly house: TestPortal
  readonly app: TestApp
  readonly listener: Listener
  readonly cy: Person
}

/** Starts it before the tests of a file, ends it after them; its parts are set then. */
export function withExchange(): Exchange {
  const exchange = {} as { -readonly [K in keyof Exchange]: Exchange[K] }
  beforeAll(async () => {
    exchange.house = await startPortal()
    exchange.app = await exchange.house.addApp({ title: 'Exchange', scope: ['telephony'] })
    exchange.listener = await startListener()
    exchange.cy = await exchange.house.addPerson('Cy', '104')
  })
  afterAll(async () => {
    await exchange.house?.stop()
    await exchange.listener?.close()
  })
  return exchange
}
