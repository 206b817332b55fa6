/** The public side of callback forms: `/forms/<key>` and `/forms/<key>.js`. No session; the only thing a visitor may do is to ask for a call. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callingCode } from '../crm/phone-country.ts'
import { errors, PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Row } from '../store/tables.ts'
import { listsOf, type CallbackForms } from '../telephony/callback-forms.ts'
import type { CallbackRequests } from '../telephony/callback-requests.ts'
import { parseBody } from './body.ts'
import { callbackPage, callbackPolicy, trapField, type CallbackPage } from './callback-page.ts'
import { callbackSnippet } from './callback-snippet.ts'
import { visitorLanguage, visitorWords, type VisitorLanguage } from './callback-words.ts'
import { sendProblem } from './own-api.ts'

/** What serving the forms needs. */
export interface CallbackHttpParts {
  readonly callbackForms: Pick<CallbackForms, 'findByKey'>
  readonly callbackRequests: Pick<CallbackRequests, 'ask'>
  readonly publicUrl: string
  readonly log: Log
}

type Form = Row<'callback_form'>
type FormRequest = FastifyRequest<{ Params: { key: string }; Querystring: Record<string, unknown> }>

/** A number and a trap are small. */
const bodyLimit = { bytes: 16_384, setting: 'none: a visitor sends a number only' }
const scriptAgeSeconds = 300
const mostCountriesNamed = 10

/** Serves the pages, their script, and the requests of visitors as a form or as JSON. */
export function serveCallbackForms(server: FastifyInstance, parts: CallbackHttpParts): void {
  const { callbackForms, publicUrl, log } = parts
  server.get('/forms/:key', async (request: FormRequest, reply) => {
    try {
      const key = request.params.key
      if (key.endsWith('.js')) return await sendScript(parts, reply, key.slice(0, -3))
      const form = await callbackForms.findByKey(key)
      const isOff = form?.enabled !== 1
      // an admin looks at the form: it cannot be sent from there by mistake
      const isPreview = form !== null && request.query['preview'] !== undefined
      const state: CallbackPage['state'] = isPreview
        ? { kind: 'preview', isOff }
        : isOff
          ? { kind: 'off' }
          : { kind: 'open', typed: '', problem: null }
      return await sendPage(parts, { request, reply, form, state, status: isOff && !isPreview ? 404 : 200 })
    } catch (error) {
      return sendProblem(reply, error, log)
    }
  })
  server.options('/forms/:key', async (request: FormRequest, reply) => {
    const form = await callbackForms.findByKey(request.params.key)
    if (form?.enabled === 1 && isAllowed(form, request, publicUrl)) allowSite(reply, request)
    return reply.header('vary', 'Origin').code(204).send()
  })
  server.post('/forms/:key', (request: FormRequest, reply) => takeRequest(parts, request, reply))
}

async function takeRequest(parts: CallbackHttpParts, request: FormRequest, reply: FastifyReply): Promise<FastifyReply> {
  const isJson = /\bjson\b/i.test(`${request.headers['content-type'] ?? ''} ${request.headers.accept ?? ''}`)
  let form: Form | null = null
  let typed = ''
  try {
    form = await parts.callbackForms.findByKey(request.params.key)
    if (form?.enabled !== 1) throw new PortalError('callback_form_off')
    const origin = originOf(request, parts.publicUrl)
    if (!isAllowed(form, request, parts.publicUrl)) throw new PortalError('callback_origin', { origin: origin.slice(0, 100) })
    if (origin !== '') allowSite(reply, request)
    const body = await parseBody(request.headers['content-type'] ?? '', request.raw, bodyLimit)
    typed = textOf(body['number'])
    if (textOf(body[trapField]) !== '') throw new PortalError('callback_trap')
    const asked = { key: form.public_key, number: typed, address: request.ip, origin: origin === '' ? siteOf(form, request) : origin }
    const { repeated } = await parts.callbackRequests.ask(asked)
    const words = visitorWords[languageOf(request)]
    if (isJson)
      return await sendJson(reply, 200, {
        ok: true,
        repeated,
        message: `${words.taken}. ${words.takenText.replace('{number}', () => typed.trim())}`,
      })
    return await sendPage(parts, { request, reply, form, state: { kind: 'taken', number: typed.trim() }, status: 200 })
  } catch (error) {
    if (!(error instanceof PortalError)) return sendProblem(reply, error, parts.log)
    const problem = wordsOf(error, languageOf(request))
    const { retryAfterSeconds } = error.details
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
    if (isJson) return sendJson(reply, error.status, { ok: false, code: error.key, message: problem })
    const state: CallbackPage['state'] =
      error.key === 'callback_form_off' ? { kind: 'off' } : { kind: 'open', typed: typed.slice(0, 60), problem }
    return sendPage(parts, { request, reply, form, state, status: error.status })
  }
}

function sendPage(
  { publicUrl }: CallbackHttpParts,
  {
    request,
    reply,
    form,
    state,
    status,
  }: { request: FormRequest; reply: FastifyReply; form: Form | null; state: CallbackPage['state']; status: number },
): FastifyReply {
  const language = languageOf(request)
  const lists = form ? listsOf(form) : { countries: [], origins: [] }
  const isEmbedded = request.query['embed'] !== undefined
  const site = isEmbedded && form ? siteOf(form, request) : ''
  // a form that is off says no more than that, but to an admin who looks at it
  const title = form && state.kind !== 'off' ? form.title : visitorWords[language].open
  const page = callbackPage({
    title,
    language,
    action: `/forms/${form?.public_key ?? ''}${isEmbedded ? `?embed=1${site === '' ? '' : `&site=${encodeURIComponent(site)}`}` : ''}`,
    callingCode: callingCode(lists.countries[0] ?? ''),
    state,
    isEmbedded,
  })
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=UTF-8')
    .header('content-security-policy', callbackPolicy([...lists.origins, new URL(publicUrl).origin]))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'strict-origin')
    .header('cache-control', 'no-store')
    .header('vary', 'Accept-Language, Origin')
    .header('content-language', language)
    .send(page)
}

async function sendScript({ callbackForms, publicUrl }: CallbackHttpParts, reply: FastifyReply, key: string): Promise<FastifyReply> {
  const form = await callbackForms.findByKey(key)
  void reply
    .header('content-type', 'text/javascript; charset=UTF-8')
    .header('x-content-type-options', 'nosniff')
    // the script is for pages of other sites
    .header('cross-origin-resource-policy', 'cross-origin')
  if (form?.enabled !== 1) return reply.code(404).header('cache-control', 'no-store').send('// This callback form is not in use.\n')
  return reply
    .header('cache-control', `public, max-age=${scriptAgeSeconds}`)
    .send(callbackSnippet({ url: `${publicUrl}/forms/${form.public_key}`, title: form.title }))
}

function sendJson(reply: FastifyReply, status: number, body: Readonly<Record<string, unknown>>): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=UTF-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body))
}

/** The site that the request comes from; '' for our own pages and for programs without a browser. */
function originOf(request: FormRequest, publicUrl: string): string {
  const origin = request.headers.origin ?? ''
  return origin === new URL(publicUrl).origin || origin === `${request.protocol}://${request.host}` ? '' : origin
}

/** Of the form's sites, the one that shows the page in a frame: by the referrer of the frame, then by the address that it is posted to. */
function siteOf(form: Form, request: FormRequest): string {
  const told = request.query['site']
  const site = typeof told === 'string' ? told : (URL.parse(request.headers.referer ?? '')?.origin ?? '')
  return listsOf(form).origins.includes(site) ? site : ''
}

function isAllowed(form: Form, request: FormRequest, publicUrl: string): boolean {
  const origin = originOf(request, publicUrl)
  return origin === '' || listsOf(form).origins.includes(origin)
}

function allowSite(reply: FastifyReply, request: FormRequest): void {
  void reply
    .header('access-control-allow-origin', request.headers.origin ?? '')
    .header('access-control-allow-methods', 'POST, OPTIONS')
    .header('access-control-allow-headers', 'Content-Type')
    .header('access-control-max-age', '600')
    .header('vary', 'Origin')
}

function languageOf(request: FormRequest): VisitorLanguage {
  return visitorLanguage(request.headers['accept-language'])
}

function wordsOf(error: PortalError, language: VisitorLanguage): string {
  const text = visitorWords[language].refusals[error.key]
  return (text ?? errors[error.key][2]).replace(/\{(\w+)\}/g, (_, name: string) => valueOf(error, name, language))
}

/** Countries are named in the reader's language. */
function valueOf({ details }: PortalError, name: string, language: VisitorLanguage): string {
  const value = String(details[name] ?? '')
  if (name !== 'countries') return value
  const names = new Intl.DisplayNames(language, { type: 'region' })
  const codes = value.split(', ')
  const shown = codes.slice(0, mostCountriesNamed).map((code) => names.of(code) ?? code)
  return `${shown.join(', ')}${codes.length > mostCountriesNamed ? ', …' : ''}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : ''
}
