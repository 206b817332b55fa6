import { createServer } from 'node:http'
import { expect, inject, onTestFinished, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { findFreePort } from './ports.ts'

test("the run's Chromium opens a page and presses a button", async () => {
  const port = await findFreePort()
  const html = '<button onclick="this.textContent=`called`">call</button>'
  const server = createServer((_, reply) => reply.setHeader('content-type', 'text/html').end(html))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const browser = await launchChromium(inject('chromium'))
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByRole('button', { name: 'call' }).click()
  expect(await page.getByRole('button').innerText()).toBe('called')
})
