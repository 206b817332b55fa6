import type { Problem } from './types.ts'

/** A refusal of the portal, with everything it said (some refusals carry more than a Problem). */
export class Refusal extends Error {
  readonly problem: Problem & Record<string, unknown>
  constructor(problem: Problem & Record<string, unknown>) {
    super(problem.detail || problem.title)
    this.problem = problem
  }
}

/** No answer: the portal is down, or the network is. What was asked may or may not have happened. */
export class NoAnswer extends Error {}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** What goes into the address; empty values are left out. */
export type Query = Record<string, string | number | boolean | null | undefined>

/** What a request may carry. */
export interface RequestOptions {
  query?: Query
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** A path with its query. */
export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

/** One request to `/v1`. Throws Refusal when the portal refused, NoAnswer when nothing usable came back. */
export async function request<Answer>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  const response = await fetch(withQuery(`/v1${path}`, options.query), {
    method,
    headers,
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause
    throw new NoAnswer('no answer', { cause })
  })
  if (response.status === 204) return undefined as Answer
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  const body: unknown = isJson ? await response.json().catch(() => null) : null
  if (response.ok) return body as Answer
  if (!isJson && response.status >= 502) throw new NoAnswer(`status ${response.status}`)
  throw new Refusal(readProblem(body, response))
}

function readProblem(body: unknown, response: Response): Problem & Record<string, unknown> {
  const told = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const retryAfter = response.headers.get('retry-after')
  return {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    code: `http_${response.status}`,
    detail: '',
    ...(retryAfter ? { retryAfter: Number(retryAfter) } : {}),
    ...told,
    status: response.status,
  }
}
