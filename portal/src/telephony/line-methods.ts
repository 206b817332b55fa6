import { ownerOf, type Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { flag, text } from '../rest/params.ts'
import type { Store } from '../store/store.ts'
import type { Lines } from './lines.ts'
import type { Targets } from './targets.ts'

/** telephony.externalLine.* and voximplant.line.* (contract 4.8, 4.9). */
export function lineMethods({ lines, targets, store }: { lines: Lines; targets: Targets; store: Store }): Methods {
  const whose = (caller: Caller) => ({ portalId: caller.portalId, owner: ownerOf(caller) })
  const number = text('number or name of the line').required('line_number_empty')
  return {
    'telephony.externalline.add': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: 'Adds an external line of the app.',
      params: { NUMBER: number, NAME: text('what people read'), CRM_AUTO_CREATE: flag('add a lead for an unknown number; Y if absent') },
      errors: ['line_number_empty', 'line_exists'],
      run: async ({ params, caller }) => ({
        ID: await lines.add(whose(caller), {
          number: params.NUMBER,
          name: params.NAME ?? '',
          crmAutoCreate: params.CRM_AUTO_CREATE ?? true,
        }),
      }),
    }),
    'telephony.externalline.update': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: 'Changes the name or auto-create of a line.',
      params: { NUMBER: number, NAME: text('what people read'), CRM_AUTO_CREATE: flag('Y or N') },
      errors: ['line_number_empty', 'line_no_fields', 'line_not_found'],
      async run({ params, caller }) {
        const change = {
          ...(params.NAME !== undefined && { name: params.NAME.slice(0, 255) }),
          ...(params.CRM_AUTO_CREATE !== undefined && { crm_auto_create: params.CRM_AUTO_CREATE ? (1 as const) : (0 as const) }),
        }
        return { ID: String(await lines.update(whose(caller), params.NUMBER, change)) }
      },
    }),
    'telephony.externalline.get': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: "The app's lines.",
      params: {},
      errors: [],
      run: async ({ caller }) =>
        (await lines.list(whose(caller))).map((line) => ({
          NUMBER: line.number,
          NAME: line.name,
          CRM_AUTO_CREATE: line.crm_auto_create === 1 ? 'Y' : 'N',
        })),
    }),
    'telephony.externalline.delete': method({
      scope: 'telephony',
      contextWhenStrict: 'app',
      about: 'Removes a line.',
      params: { NUMBER: number },
      errors: ['line_number_empty', 'line_not_found'],
      async run({ params, caller }) {
        await lines.remove(whose(caller), params.NUMBER)
        return []
      },
    }),
    'voximplant.line.outgoing.get': method({
      scope: 'telephony',
      about: "The portal's outgoing target.",
      params: {},
      errors: [],
      run: async ({ caller }) =>
        (await store.read.selectFrom('portal').select('target').where('id', '=', caller.portalId).executeTakeFirst())?.target ?? '',
    }),
    'voximplant.line.outgoing.set': method({
      scope: 'telephony',
      about: "Sets the portal's outgoing target; an unknown one changes nothing.",
      params: { LINE_ID: text('app:ID, line:ID, webhook:ID, or the NUMBER of a line') },
      errors: ['access_denied'],
      async run({ params, caller }) {
        if (!caller.isAdmin) throw new PortalError('access_denied')
        const target = (await targets.list(caller.portalId)).find(
          (one) => one.id === params.LINE_ID || (one.kind === 'line' && one.lineNumber === params.LINE_ID),
        )
        if (target) await targets.setForPortal(caller.portalId, target.id)
        return 1
      },
    }),
    'voximplant.line.get': method({
      scope: 'telephony',
      about: 'What can be an outgoing target: id and name.',
      params: {},
      errors: [],
      async run({ caller }) {
        const all = await targets.list(caller.portalId)
        return all.length === 0 ? [] : Object.fromEntries(all.map((target) => [target.id, target.title]))
      },
    }),
  }
}
