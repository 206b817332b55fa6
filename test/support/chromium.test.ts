import { createServer } from 'node:http'
import { expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium, unpackChromium } from './chromium.ts'
import { findFreePort } from './ports.ts'

/** Opens a page of our own server, presses its button and returns what it then says. */
async function pressButton(executablePath: string): Promise<string> {
  const port = await findFreePort()
  const server = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end('<button onclick="this.textContent=`called`">call</button>'))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const browser = await launchChromium(executablePath)
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByRole('button', { name: 'call' }).click()
  return await page.getByRole('button').innerText()
}

test("the run's Chromium opens a page and presses a button", async () => {
  expect(await pressButton(inject('chromiumPath'))).toBe('called')
})

test.runIf(process.env['LONG'] === '1')('so does the Chromium that comes by npm', async () => {
  expect(await pressButton(await unpackChromium())).toBe('called')
})
