/** The closed lists of reasons and codes, in words. */
import type { TargetProblem } from './targets.ts'

const reasons: Readonly<Record<string, string>> = {
  not_installed: 'the installation of the app is not finished',
  no_handler: 'no handler is bound',
  handler_disabled: 'the handler is disabled',
  no_target: 'no outgoing target is chosen',
  dns: 'the name of the handler could not be resolved',
  connect: 'no connection to the handler',
  tls: "the handler's certificate was not accepted",
  timeout: 'the handler did not answer in time',
  connection_lost: 'the connection was lost before an answer came',
  http_3xx: 'the handler answered with a redirect',
  http_4xx: 'the handler refused the request',
  http_410: 'the handler is gone (410) and was switched off',
  http_429: 'the handler has too much to do',
  http_5xx: 'the handler failed',
  refused: 'the phone app refused the call',
  ssrf_blocked: 'the address of the handler may not be sent to',
  deadline: 'it could not be sent in time',
  breaker_open: 'the phone app has not answered lately, so nothing was sent to it',
  crash: 'the portal was restarted while it was being sent',
  call_over: 'the call was over before it was sent',
  reported: 'the phone app reported about the call',
}

/** A delivery's reason in words. */
export function reasonText(reason: string): string {
  return reasons[reason] ?? reason
}

const statuses: Readonly<Record<string, string>> = {
  '200': 'answered',
  '304': 'not answered',
  '603': 'declined',
  '603-S': 'canceled by the caller',
  '403': 'forbidden',
  '404': 'wrong number',
  '486': 'busy',
  '484': 'the direction is not available',
  '503': 'the direction is not available',
  '480': 'temporarily unavailable',
  '402': 'no funds',
  '423': 'blocked',
  OTHER: 'failed',
}

/** A STATUS_CODE in words (contract 4.3). */
export function statusText(statusCode: string | null): string {
  return statusCode === null ? 'unknown' : (statuses[statusCode] ?? statusCode)
}

/** What the admin has to do so that clicks, or another event, arrive. */
export function problemAdvice(problem: TargetProblem, title: string, event = 'ONEXTERNALCALLSTART'): string {
  if (problem === 'no_target')
    return event === 'ONEXTERNALCALLBACKSTART'
      ? 'Choose where requests go under Settings → Callback forms.'
      : 'Choose an outgoing target under Settings → Telephony.'
  if (problem === 'not_installed')
    return `Open ${title} under Settings → Applications and finish its installation, or mark it as installed.`
  if (problem === 'no_handler') return `${title} has to bind a handler to ${event} (event.bind); reinstall it or read its manual.`
  return `Enable the handler of ${title} under Settings → Applications.`
}
