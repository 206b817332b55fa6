import { PortalRefusal, PortalUnreachable } from './errors.ts'

/** What an app needs to speak to one portal as one user (contract 7.1). Keep it where only the app's owner can read it. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** `https://<portal>/rest/`, with a port if there is one. */
  readonly clientEndpoint: string
  /** `https://<oauth host>/rest/`; the token endpoint is `/oauth/token/` on that host. */
  readonly serverEndpoint: string
}

/** What identifies an app to the portal's token endpoint. */
export interface AppCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

interface TokenAnswer {
  readonly access_token?: string
  readonly refresh_token?: string
  readonly expires?: number
  readonly expires_in?: number
  readonly client_endpoint?: string
  readonly server_endpoint?: string
  readonly error?: string
  readonly error_description?: string
}

/**
 * Exchanges a refresh token for a new pair (contract 7.1). The old refresh token dies soon after, so the answer must be kept at once.
 * The endpoints of `tokens` are kept, not those of the answer: the caller decides which hosts get its secret.
 * Throws {@link PortalRefusal} (`invalid_grant`: install again) or {@link PortalUnreachable}.
 */
export async function refreshTokens(
  app: AppCredentials,
  tokens: Tokens,
  options: { readonly fetch?: typeof fetch; readonly timeoutMs?: number; readonly now?: () => number } = {},
): Promise<Tokens> {
  const method = 'oauth/token'
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: app.clientId,
    client_secret: app.clientSecret,
    refresh_token: tokens.refreshToken,
  })
  let status: number | undefined
  let answer: TokenAnswer
  try {
    const response = await (options.fetch ?? fetch)(new URL('/oauth/token/', tokens.serverEndpoint), {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
    })
    status = response.status
    answer = (await response.json()) as TokenAnswer
  } catch (cause) {
    throw new PortalUnreachable(method, cause instanceof Error ? cause.message : String(cause), { cause, ...(status ? { status } : {}) })
  }
  if (answer.error !== undefined || !answer.access_token || !answer.refresh_token) {
    throw new PortalRefusal({
      code: answer.error ?? '',
      description: answer.error_description ?? 'no tokens in the answer',
      status,
      method,
    })
  }
  const now = (options.now ?? Date.now)()
  return {
    ...tokens,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: answer.expires ? answer.expires * 1000 : now + (answer.expires_in ?? 3600) * 1000,
  }
}
