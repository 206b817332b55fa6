import { ownerOf } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, decimal, integer, text } from '../rest/params.ts'
import { isMap, type Loose } from '../rest/php.ts'
import type { TranscriptLine, Transcripts } from './transcripts.ts'

const messageMost = 10_000

/** MESSAGES of attachTranscription. The index in a refusal is the one that was sent. */
function readMessages(sent: Loose): TranscriptLine[] {
  if (!Array.isArray(sent) && !isMap(sent)) throw new PortalError('transcript_messages')
  return Object.entries(sent as Readonly<Record<string, Loose>>).map(([index, message]) => {
    const fields = isMap(message) ? message : {}
    const side = typeof fields['SIDE'] === 'string' ? fields['SIDE'].toLowerCase() : ''
    if (side !== 'user' && side !== 'client') throw new PortalError('transcript_side', { index })
    const startSeconds = readSeconds(fields['START_TIME'])
    if (startSeconds === null || startSeconds < 0) throw new PortalError('transcript_start', { index })
    const stopSeconds = readSeconds(fields['STOP_TIME'])
    if (stopSeconds === null || stopSeconds < 1) throw new PortalError('transcript_stop', { index })
    const said = fields['MESSAGE']
    if ((typeof said !== 'string' && typeof said !== 'number') || said === '') throw new PortalError('transcript_empty', { index })
    return { side, startSeconds, stopSeconds, text: String(said).slice(0, messageMost) }
  })
}

function readSeconds(value: Loose): number | null {
  const number = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}

/** telephony.call.attachTranscription and how it is read back (contract 4.7). */
export function transcriptMethods({ transcripts }: { transcripts: Transcripts }): Methods {
  return {
    'telephony.call.attachtranscription': method({
      scope: 'telephony',
      about: 'Attaches what was said to a finished call. A repeat replaces the earlier transcript.',
      params: {
        CALL_ID: text('CALL_ID', 'transcript_call').required('transcript_call'),
        MESSAGES: anything('list of SIDE (User or Client), START_TIME and STOP_TIME in seconds, MESSAGE').required('transcript_messages'),
        COST: decimal('0'),
        COST_CURRENCY: text('empty'),
      },
      errors: [
        'transcript_call',
        'transcript_messages',
        'transcript_side',
        'transcript_start',
        'transcript_stop',
        'transcript_empty',
        'transcript_not_finished',
      ],
      async run({ params, caller }) {
        const id = await transcripts.attach({
          portalId: caller.portalId,
          owner: ownerOf(caller),
          callId: params.CALL_ID,
          lines: readMessages(params.MESSAGES),
          cost: params.COST ?? 0,
          costCurrency: params.COST_CURRENCY?.slice(0, 10) ?? '',
        })
        return { TRANSCRIPT_ID: id }
      },
    }),
    'crm.activity.call.gettranscript': method({
      scope: 'crm',
      about: 'The transcript of the call of an activity as text; null when there is none.',
      params: { activityId: integer('id of the activity', 'transcript_activity').required('transcript_activity') },
      errors: ['transcript_activity'],
      async run({ params, caller }) {
        const transcript = await transcripts.findByActivity(caller.portalId, params.activityId)
        if (!transcript) return null
        return { transcription: transcript.lines.map((line) => `${line.side === 'user' ? 'User' : 'Client'}: ${line.text}`).join('\n') }
      },
    }),
  }
}
