import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { basename, dirname } from 'node:path'
import send from '@fastify/send'
import type { FastifyInstance } from 'fastify'
import type { SignIn } from '../directory/sign-in.ts'
import { PortalError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Recordings } from '../telephony/recordings.ts'
import { refuseForeignRequest, sendProblem } from './own-api.ts'
import type { UploadRequest } from './rest.ts'
import { userOfRequest } from './sessions.ts'

/** What playing needs. */
export interface PlayParts {
  readonly recordings: Pick<Recordings, 'find'>
  readonly signIn: Pick<SignIn, 'userOf'>
  readonly publicUrl: string
  readonly log: Log
}

/** `GET /v1/recordings/:id`: the sound file, whole or in ranges, for signed-in people. */
export function serveRecordings(server: FastifyInstance, { recordings, signIn, publicUrl, log }: PlayParts): void {
  server.get<{ Params: { id: string } }>('/v1/recordings/:id', async (request, reply) => {
    try {
      refuseForeignRequest(request, publicUrl)
      const user = await userOfRequest(signIn, request)
      if (!user) throw new PortalError('not_signed_in')
      const { id } = request.params
      if (!/^\d{1,15}$/.test(id)) throw new PortalError('recording_unknown', { id: id.slice(0, 20) })
      const { row, path } = await recordings.find(user.portal_id, Number(id))
      widenSuffix(request.raw.headers, row.bytes)
      const { statusCode, headers, stream, type } = await send(request.raw, basename(path), { root: dirname(path), cacheControl: false })
      if (statusCode === 416) return await reply.code(416).header('content-range', `bytes */${row.bytes}`).send()
      if (statusCode === 412) return await reply.code(412).send()
      if (type !== 'file') throw new PortalError('recording_unknown', { id })
      const filename = encodeURIComponent(row.filename)
      return await reply
        .code(statusCode)
        .headers({
          ...headers,
          'content-type': row.mime,
          'cache-control': 'private, max-age=3600',
          'content-disposition': `inline; filename*=UTF-8''${filename}`,
          'content-security-policy': "default-src 'none'; media-src 'self'",
          'x-content-type-options': 'nosniff',
        })
        .send(stream)
    } catch (error) {
      return sendProblem(reply, error, log)
    }
  })
}

/** More last bytes than there are mean the whole file (RFC 9110, 14.1.2); the library refuses them. */
function widenSuffix(headers: IncomingHttpHeaders, bytes: number): void {
  const suffix = /^bytes=-(\d+)$/.exec(headers.range ?? '')?.[1]
  if (suffix !== undefined && Number(suffix) > bytes) headers.range = 'bytes=0-'
}

/** Takes the record that is posted to an address of attachRecord: the address is checked before the body is read (design 11.15). */
export async function takeUpload(
  recordings: Pick<Recordings, 'openUpload' | 'takeUpload' | 'returnUpload'>,
  request: UploadRequest,
): Promise<{ FILE_ID: number }> {
  const upload = await recordings.openUpload(request)
  try {
    const file = await request.file()
    try {
      return { FILE_ID: await recordings.takeUpload(upload, createReadStream(file.path)) }
    } finally {
      await rm(file.path, { force: true })
    }
  } catch (error) {
    await recordings.returnUpload(upload)
    throw error
  }
}
