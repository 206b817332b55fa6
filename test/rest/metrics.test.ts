import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startSpans, wantsSpans } from '../../portal/src/cli/otel.ts'
import { startListener, type Listener } from '../support/listener.ts'
import { request, startPortal, type TestPortal } from '../support/portal.ts'

let house: TestPortal
let handler: Listener

beforeAll(async () => {
  house = await startPortal()
  handler = await startListener()
  const app = await house.addApp()
  await app.call('event.bind', { event: 'ONEXTERNALCALLSTART', handler: `${handler.url}?token=secret` })
  await house.admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` })
})
afterAll(async () => {
  await house.stop()
  await handler.close()
})

let lastNumber = 1000
const click = async (): Promise<string> =>
  (await house.admin.api('POST', '/clicks', { number: `+1555010${++lastNumber}` })).body.call.callId

/** Asks for the metrics until a line is there: an attempt is recorded a moment after the handler has it. */
async function scrapeUntil(line: RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const text = String((await request(`${house.url}/metrics`)).body)
    if (line.test(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`no line ${line} came: ${String((await request(`${house.url}/metrics`)).body)}`)
}

describe('/metrics', () => {
  test('says what became of deliveries and how long they took', async () => {
    await handler.waitFor(await click())
    const text = await scrapeUntil(/hookswitch_deliveries_total\{class="dial",state="delivered",reason=""\} 1/)
    expect(text).toMatch(/hookswitch_attempts_total\{class="dial",outcome="ok"\} 1/)
    expect(text).toMatch(/hookswitch_click_to_delivered_seconds_count 1/)
    expect(text).toMatch(/hookswitch_attempt_seconds_count\{class="dial"\} 1/)
    expect(text).toMatch(/hookswitch_oldest_due_seconds 0/)
    expect(text).toMatch(/hookswitch_queue_depth 0/)
    expect(text).toMatch(/hookswitch_event_loop_delay_seconds\{quantile="0.99"\} \d[\d.]*(e-\d+)?$/m)
  })

  test('counts what is open in the database, and breakers', async () => {
    handler.answer((response) => void response.writeHead(500).end())
    for (let n = 0; n < 5; n++) await handler.waitFor(await click())
    await scrapeUntil(/hookswitch_breaker_state\{handler="\d+"\} 2/)
    expect(await scrapeUntil(/state="unconfirmed",reason="http_5xx"\} 5/)).toMatch(/outcome="http_5xx"\} 5/)
    handler.answer((response) => void response.end())
  })

  test('are for this machine alone, and not for what a proxy on it passes on', async () => {
    const forwarded = await request(`${house.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect([forwarded.status, forwarded.body.code]).toEqual([403, 'metrics_refused'])
  })

  test('are for whoever has the token when there is one', async () => {
    const guarded = await startPortal({ settings: { metrics: { token: 'sixteen-characters-or-more' } } })
    const ask = (authorization: string) => request(`${guarded.url}/metrics`, { headers: { authorization } })
    expect((await request(`${guarded.url}/metrics`)).status).toBe(403)
    expect((await ask('Bearer wrong')).status).toBe(403)
    expect((await ask('Bearer sixteen-characters-or-more')).status).toBe(200)
    await guarded.stop()
  })
})

describe('spans', () => {
  afterEach(() => trace.disable())

  test('lead from the click to the attempt, and on to the handler', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    trace.setGlobalTracerProvider(provider)
    handler.answer((response) => void response.end())
    const again = await house.admin.api('GET', '/handlers')
    await house.admin.api('PATCH', `/handlers/${again.body.items[0].id}`, { enabled: true })
    const callId = await click()
    const [received] = await handler.waitFor(callId)
    await scrapeUntil(/state="delivered",reason=""\} 2/)
    await provider.forceFlush()
    const spans = exporter.getFinishedSpans()
    const clicked = spans.find((span) => span.name === 'click')!
    const attempt = spans.find((span) => span.name === 'deliver ONEXTERNALCALLSTART')!
    const traceId = /^externalCall\.([0-9a-f]{32})\./.exec(callId)![1]!
    expect([clicked.spanContext().traceId, attempt.spanContext().traceId]).toEqual([traceId, traceId])
    expect(attempt.parentSpanContext?.spanId).toBe(clicked.spanContext().spanId)
    expect(received!.headers['traceparent']).toBe(`00-${traceId}-${attempt.spanContext().spanId}-01`)
    expect(attempt.attributes).toMatchObject({ 'http.response.status_code': 200, 'hookswitch.state': 'delivered' })
    expect(JSON.stringify(attempt.attributes)).not.toContain('secret')
  })

  test('are not made without the SDK; handlers get a traceparent of the call all the same', async () => {
    const callId = await click()
    const [received] = await handler.waitFor(callId)
    const traceId = /^externalCall\.([0-9a-f]{32})\./.exec(callId)![1]!
    expect(received!.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  })

  test.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' }, false],
  ])('with %j are wanted: %s', (env, isWanted) => {
    expect(wantsSpans(env)).toBe(isWanted)
  })

  test('go to the collector that the environment names', async () => {
    let got = ''
    const collector = createServer((incoming, response) => {
      incoming.on('data', (chunk) => (got += String(chunk)))
      incoming.on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint
    const stop = await startSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    const callId = await click()
    await handler.waitFor(callId)
    await stop()
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
    collector.close()
    expect(got).toContain('"name":"click"')
    expect(got).toContain(/^externalCall\.([0-9a-f]{32})\./.exec(callId)![1]!)
  })
})
