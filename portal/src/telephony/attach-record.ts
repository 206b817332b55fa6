import { Readable } from 'node:stream'
import { ownerOf, type Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import type { LooseMap } from '../rest/php.ts'
import type { Calls } from './calls.ts'
import type { Recordings } from './recordings.ts'
import { nameInUrl, readFilename } from './sound-files.ts'

/** An empty FILE_CONTENT is an error, an absent or null one asks for an upload address: both read as "not given", so what was sent decides. */
export function readContent(
  params: { FILE_CONTENT: string | undefined; CFILE_CONTENT: string | undefined },
  sent: LooseMap,
): string | undefined {
  const isEmpty = Object.entries(sent).some(([name, value]) => /^c?file_content$/i.test(name) && value === '')
  return params.FILE_CONTENT ?? params.CFILE_CONTENT ?? (isEmpty ? '' : undefined)
}

/** What attachRecord is called with. */
export interface Attachment {
  readonly recordings: Recordings
  readonly calls: Calls
  readonly caller: Caller
  readonly params: {
    readonly CALL_ID: string | undefined
    readonly RECORD_URL: string | undefined
    readonly FILENAME: string | undefined
    readonly content: string | undefined
  }
}

/** Takes the record of a finished call: by URL, inline, or by an upload address (contract 4.6). */
export async function attachRecord({ recordings, calls, caller, params }: Attachment): Promise<unknown> {
  if (params.RECORD_URL === undefined && params.FILENAME === undefined)
    throw new PortalError(params.content === undefined ? 'record_parameters' : 'record_name_empty')
  const callId = params.CALL_ID ?? ''
  const statistic = await recordings.requireFinished(caller.portalId, callId)
  const call = await calls.find(caller.portalId, callId)
  // an app may attach only to its own calls (design 11.3, contract 13.34)
  if (!call || call.owner !== ownerOf(caller)) throw new PortalError('record_not_finished')
  const record = { portalId: statistic.portal_id, callId }
  if (params.RECORD_URL !== undefined) {
    const url = params.RECORD_URL
    const filename = readFilename(params.FILENAME ?? nameInUrl(url))
    return { FILE_ID: await recordings.fetchFrom({ ...record, filename }, url) }
  }
  const filename = readFilename(params.FILENAME)
  if (params.content === undefined)
    return recordings.offerUpload({ ...record, filename }, { owner: ownerOf(caller), userId: caller.userId })
  return { FILE_ID: await recordings.save({ ...record, filename }, Readable.from([decodeBase64(params.content)])) }
}

/** Base64 may hold line breaks (contract 14.2); a form turns its `+` into spaces. */
function decodeBase64(content: string): Buffer {
  const compact = content
    .replace(/^data:[^,]{0,100},/, '')
    .replaceAll(' ', '+')
    .replace(/[\r\n\t]/g, '')
  if (compact === '') throw new PortalError('record_empty')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1) throw new PortalError('record_base64')
  return Buffer.from(compact, 'base64')
}
