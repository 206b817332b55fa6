/** Sends spans to a collector when the environment says where: the variables of OpenTelemetry itself (`OTEL_…`), no settings of ours. */
import { trace } from '@opentelemetry/api'

type Environment = Readonly<Record<string, string | undefined>>

/** True when spans are wanted: an endpoint or the exporter `otlp` is named, and nothing turns it off. */
export function wantsSpans(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false
  return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) || env['OTEL_TRACES_EXPORTER'] === 'otlp'
}

/** Loads the SDK only if spans are wanted. The answer sends what is left and stops. */
export async function startSpans(env: Environment): Promise<() => Promise<void>> {
  if (!wantsSpans(env)) return async () => {}
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': env['OTEL_SERVICE_NAME'] ?? 'hookswitch' }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  })
  trace.setGlobalTracerProvider(provider)
  return async () => {
    // a collector that is gone must not keep the portal from stopping
    await provider.shutdown().catch(() => {})
  }
}
