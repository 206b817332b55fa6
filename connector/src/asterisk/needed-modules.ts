import type { AsteriskSettings } from './settings.ts'

/** Modules that something needs, and what does not work without them. */
export interface Need {
  readonly modules: readonly string[]
  readonly loss: string
  /** Nothing works without them. */
  readonly isVital: boolean
}

/** What these settings need; all but PJSIP's are missed silently by Asterisk until a call comes (pbx 1, 8). */
export function neededModules(
  settings: Pick<AsteriskSettings, 'lines' | 'agentDial' | 'agentHeaders' | 'recording' | 'browserPhones'>,
): Need[] {
  const templates = [settings.agentDial, ...Object.values(settings.lines).map(({ dial }) => dial)]
  const isUsed = (tech: string) => templates.some((template) => template.startsWith(`${tech}/`))
  const ari = ['applications', 'asterisk', 'bridges', 'channels', 'endpoints', 'events', 'recordings'].map((name) => `res_ari_${name}`)
  const stasis = ['res_stasis', 'res_stasis_answer', 'res_stasis_recording', 'res_http_websocket', 'bridge_simple']
  const needs: (Need | false)[] = [
    { modules: [...ari, ...stasis], loss: 'no call can be made', isVital: true },
    isUsed('PJSIP') && { modules: ['chan_pjsip'], loss: 'no phone and no trunk can be dialled', isVital: true },
    isUsed('Local') && { modules: ['pbx_config', 'app_dial'], loss: 'Local/ templates dial nobody', isVital: true },
    { modules: ['app_stasis', 'pbx_config'], loss: 'calls that come in do not reach the connector', isVital: false },
    settings.recording === 'mono' && { modules: ['chan_bridge_media', 'format_wav'], loss: 'calls are not recorded', isVital: false },
    settings.recording === 'stereo' && { modules: ['res_stasis_snoop', 'format_wav'], loss: 'calls are not recorded', isVital: false },
    (Object.keys(settings.agentHeaders).length > 0 || settings.browserPhones !== undefined) && {
      modules: ['res_pjsip_header_funcs'],
      loss: 'phones are not told to answer by themselves',
      isVital: false,
    },
    settings.browserPhones !== undefined && {
      modules: ['res_pjsip_transport_websocket', 'res_srtp', 'res_crypto'],
      loss: 'browsers cannot be phones',
      isVital: false,
    },
  ]
  return needs.filter((need) => need !== false)
}
