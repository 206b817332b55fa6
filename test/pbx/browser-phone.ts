/// <reference lib="dom" />
/** A person with a phone in a real Chromium: a microphone that hums one tone, and ears that say which tone they hear. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openContext, signIn, viewports } from '../browser/people.ts'
import { launchChromium, type FoundChromium } from '../support/chromium.ts'
import { testPassword } from '../support/portal.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/browser-phone.md'), 'utf8')

/** What Asterisk needs so that the connector can push phones into it: as the how-to has it. */
export const sorcery = /`\/etc\/asterisk\/sorcery\.conf`:\n\n```ini\n([^`]*)```/.exec(page)?.[1] ?? ''

/** Browser phones on loopback: without these the sound would go by an address of the machine. */
export const loopbackPhones = { endpoint: { media_address: '127.0.0.1', bind_rtp_to_media_address: 'yes' } }

/** Somebody who talks by a browser. */
export interface BrowserPerson {
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** hertz of the strongest tone that is heard now; 0 when it is quiet */
  hears(page?: Page): Promise<number>
  close(): Promise<void>
}

const earScript = () => {
  const ears: AnalyserNode[] = []
  const audio = { context: null as AudioContext | null }
  const Plain = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Plain {
    constructor(settings?: RTCConfiguration) {
      super(settings)
      this.addEventListener('track', ({ track }) => {
        audio.context ??= new AudioContext()
        const ear = new AnalyserNode(audio.context, { fftSize: 8192, smoothingTimeConstant: 0 })
        new MediaStreamAudioSourceNode(audio.context, { mediaStream: new MediaStream([track]) }).connect(ear)
        ears.push(ear)
      })
    }
  }
  Object.assign(window, {
    hearTone() {
      const ear = ears.at(-1)
      if (!ear || !audio.context) return 0
      const loudness = new Float32Array(ear.frequencyBinCount)
      ear.getFloatFrequencyData(loudness)
      const top = loudness.reduce((best, value, index) => (value > (loudness[best] ?? -Infinity) ? index : best), 0)
      return (loudness[top] ?? -Infinity) < -70 ? 0 : (top * audio.context.sampleRate) / ear.fftSize
    },
  })
}

/** Opens a browser whose microphone hums at `hz`, and signs somebody in. */
export async function openBrowserPerson(
  chromium: FoundChromium,
  { url, name, hz, dir, microphone = true }: { url: string; name: string; hz: number; dir: string; microphone?: boolean },
): Promise<BrowserPerson> {
  const tone = join(dir, `tone-${hz}.wav`)
  await writeFile(tone, wavOf(hz))
  const args = [`--use-file-for-fake-audio-capture=${tone}`, '--allow-loopback-in-peer-connection']
  const browser = await launchChromium(chromium, args)
  const context = await openContext(browser, viewports.desktop)
  if (microphone) await context.grantPermissions(['microphone'], { origin: url })
  await context.addInitScript(earScript)
  const page = await context.newPage()
  await signIn(page, { url, email: `${name.toLowerCase()}@example.com`, password: testPassword })
  return {
    browser,
    context,
    page,
    hears: (of = page) => of.evaluate(() => (window as unknown as { hearTone(): number }).hearTone()),
    close: () => browser.close(),
  }
}

/** Switches the phone on, by the button in the navigation, and waits until it is ready. */
export async function switchPhoneOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Browser phone/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('switch', { name: 'This browser is my phone' }).check({ force: true })
  await dialog.getByText('Ready: calls ring here.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** 5 s of a sine, 48 kHz, 16 bit, mono. */
function wavOf(hz: number): Buffer {
  const rate = 48_000
  const samples = rate * 5
  const file = Buffer.alloc(44 + samples * 2)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + samples * 2, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i++) file.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hz * i) / rate)), 44 + i * 2)
  return file
}
