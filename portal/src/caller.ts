/** Who calls: decided once at the edge, handed to every method. */
export interface Caller {
  readonly portalId: number
  readonly userId: number
  readonly isAdmin: boolean
  /** `app`: an OAuth token of an app; `webhook`: an incoming webhook; `web`: a signed-in browser */
  readonly via: 'app' | 'webhook' | 'web'
  /** set when `via` is `app` */
  readonly appId: number | null
  /** the incoming webhook, when `via` is `webhook`; rights do not hang on it, limits do */
  readonly webhookId?: number
  /** granted scopes; empty for `web`, which is not limited by scope */
  readonly scope: ReadonlySet<string>
}

/** Whose the calls and lines of this caller are: `app:<id>`, or `incoming` for all incoming webhooks together (design 11.3). */
export function ownerOf(caller: Caller): string {
  return caller.appId === null ? 'incoming' : `app:${caller.appId}`
}

/** The id in an owner or target key such as `app:3`, or null when it is of another kind. */
export function idOf(key: string, kind: 'app' | 'line' | 'webhook'): number | null {
  const match = /^(app|line|webhook):(\d{1,15})$/.exec(key)
  return match?.[1] === kind ? Number(match[2]) : null
}
