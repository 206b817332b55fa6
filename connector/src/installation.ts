import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { PortalRefusal, type Installation, type PortalClient } from '@hookswitch/sdk'
import type { Clock } from './clock.ts'
import { wordsOf, type Log } from './log.ts'

/** The installation on disk: one JSON file, 0600, replaced as a whole. */
export interface InstallationFile {
  /** `undefined` when there is none, or when it belongs to another client id. */
  read(clientId: string): Installation | undefined
  /** On the disk when it returns. */
  write(installation: Installation): void
  remove(): void
}

/** Keeps the installation at `path`. Throws on a file that is damaged: losing tokens silently would look like an uninstalled app. */
export function createInstallationFile(path: string): InstallationFile {
  return {
    read(clientId) {
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
      const installation = JSON.parse(text) as Installation
      return installation.clientId === clientId ? installation : undefined
    },
    write(installation) {
      const file = openSync(`${path}.new`, 'w', 0o600)
      writeSync(file, `${JSON.stringify(installation, null, 2)}\n`)
      fsyncSync(file)
      closeSync(file)
      renameSync(`${path}.new`, path)
      const folder = openSync(dirname(path), 'r')
      fsyncSync(folder)
      closeSync(folder)
    },
    remove: () => rmSync(path, { force: true }),
  }
}

/** What the app asks of the portal once it is installed. */
export interface Bindings {
  readonly handlerUrl: string
  readonly lines: readonly { readonly number: string; readonly name: string }[]
  /** Where browser phones and transfers are asked for, and where the signalling of the phones goes; '' for none. */
  readonly phones: { readonly url: string; readonly socket: string }
}

const LONGEST_PAUSE_MS = 60_000

/**
 * Binds the app's events and adds its lines, trying with growing pauses until the portal has taken all of it. "Handler already binded" and
 * "Line already exists" are what a second start meets. Answers how to stop.
 */
export function bindUntilDone(portal: PortalClient, bindings: Bindings, parts: { readonly clock: Clock; readonly log: Log }): () => void {
  let isStopped = false
  let cancel = () => {}

  async function attempt(tries: number): Promise<void> {
    try {
      await bind(portal, bindings)
      parts.log('info', 'events are bound', { handler: bindings.handlerUrl })
    } catch (error) {
      if (isStopped) return
      const pause = Math.min(1000 * 2 ** tries, LONGEST_PAUSE_MS)
      parts.log('warn', `events are not bound; next try in ${pause / 1000} s`, { why: wordsOf(error) })
      cancel = parts.clock.after(pause, () => void attempt(tries + 1))
    }
  }

  void attempt(0)
  return () => {
    isStopped = true
    cancel()
  }
}

async function bind(portal: PortalClient, bindings: Bindings): Promise<void> {
  for (const event of ['ONEXTERNALCALLSTART', 'ONEXTERNALCALLBACKSTART', 'ONAPPUNINSTALL']) {
    await unlessThere('Handler already binded', portal.call('event.bind', { event, handler: bindings.handlerUrl }))
  }
  for (const { number, name } of bindings.lines) {
    await unlessThere('Line already exists', portal.call('telephony.externalLine.add', { NUMBER: number, NAME: name }))
  }
  await unlessUnknown(portal.call('hookswitch.phone.set', { URL: bindings.phones.url, SOCKET: bindings.phones.socket }))
}

/** Other portals do not have our extension. */
async function unlessUnknown(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof PortalRefusal) || error.code !== 'ERROR_METHOD_NOT_FOUND') throw error
  })
}

async function unlessThere(text: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof PortalRefusal) || !error.description.includes(text)) throw error
  }
}
