import { B24Hook, B24OAuth, type AbstractB24, type AjaxError, type AjaxResult } from '@bitrix24/b24jssdk'
import { expect } from 'vitest'
import { request, type TestApp, type TestPortal } from './portal.ts'

/** A result of any shape. */
// oxlint-disable-next-line typescript/no-explicit-any -- that is what it is for
export type Any = any

/** What an app keeps of a token answer, as the SDK wants it. */
export async function connectTokens(house: TestPortal, app: TestApp, change: { expires?: number } = {}): Promise<B24OAuth> {
  const query = `grant_type=refresh_token&client_id=${app.clientId}&client_secret=${app.clientSecret}&refresh_token=${app.refreshToken}`
  const { body } = await request(`${house.url}/oauth/token/?${query}`)
  app.accessToken = body.access_token
  app.refreshToken = body.refresh_token
  const b24 = new B24OAuth(
    {
      applicationToken: '',
      userId: body.user_id,
      memberId: body.member_id,
      accessToken: body.access_token,
      refreshToken: body.refresh_token,
      expires: change.expires ?? body.expires,
      expiresIn: body.expires_in,
      scope: body.scope,
      domain: body.domain,
      clientEndpoint: body.client_endpoint,
      serverEndpoint: body.server_endpoint,
      status: body.status,
    },
    { clientId: app.clientId, clientSecret: app.clientSecret },
  )
  b24.offClientSideWarning()
  return b24
}

/** An installed app by OAuth. */
export async function connectApp(house: TestPortal, options: Parameters<TestPortal['addApp']>[0]): Promise<B24OAuth> {
  return connectTokens(house, await house.addApp(options))
}

/** An incoming webhook of the admin. */
export async function connectWebhook(house: TestPortal, scope: readonly string[]): Promise<B24Hook> {
  const b24 = B24Hook.fromWebhookUrl(await house.addIncomingWebhook(scope))
  b24.offClientSideWarning()
  return b24
}

/** What a method answers; fails the test when it is refused. */
export async function call(b24: AbstractB24, method: string, params: Record<string, unknown> = {}): Promise<Any> {
  const answer = (await b24.actions.v2.call.make({ method, params: params })) as AjaxResult<Any>
  expect(answer.getErrorMessages()).toEqual([])
  return answer.getData()!.result
}

/** How a method is refused. */
export async function refusal(b24: AbstractB24, method: string, params: Record<string, unknown> = {}): Promise<AjaxError> {
  try {
    const answer = (await b24.actions.v2.call.make({ method, params: params })) as AjaxResult<Any>
    expect(answer.isSuccess).toBe(false)
    return [...answer.getErrors()][0] as AjaxError
  } catch (error) {
    return error as AjaxError
  }
}
