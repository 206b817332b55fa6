import { openContract, type ContractHouse, type Who } from '../../support/contract.ts'
import { exact, fields, flag, like, list, map, num, str } from '../../support/shape.ts'

const { contract } = openContract(['telephony', 'crm'], undefined, { refusalsEverywhere: true })

let last = 0
const everybody = ['app', 'webhook', 'app of Eve'] as const
const core = (text: string) => ({ error: 'ERROR_CORE', text })
const noNumber = { when: 'no NUMBER', ...core('NUMBER should not be empty') }
const emptyNumber = { when: 'an empty NUMBER', params: { NUMBER: '', NAME: 'x' }, ...core('NUMBER should not be empty') }
const unknown = { when: 'a line that is not there', params: { NUMBER: 'none', NAME: 'x' }, ...core('Could not find line with number none') }
const add = async ({ as }: ContractHouse, who: Who): Promise<string> => {
  const NUMBER = `line-${++last}`
  await as(who, 'telephony.externalLine.add', { NUMBER, NAME: 'First', CRM_AUTO_CREATE: 'N' })
  return NUMBER
}

contract('telephony.externalLine.add', {
  section: '4.8',
  answers: [
    { who: everybody, params: () => ({ NUMBER: `line-${++last}`, NAME: 'First', CRM_AUTO_CREATE: 'Y' }), shape: fields({ ID: num }) },
    { when: 'with its number alone', params: () => ({ NUMBER: `7495000${++last}` }), shape: fields({ ID: num }) },
  ],
  refuses: [noNumber, emptyNumber, { when: 'a line that exists', params: async (made, who) => ({ NUMBER: await add(made, who) }), ...core('Line already exists') }],
}) // oxfmt-ignore

contract('telephony.externalLine.update', {
  section: '4.8',
  answers: [
    { who: everybody, params: async (made, who) => ({ NUMBER: await add(made, who), NAME: 'Second', CRM_AUTO_CREATE: 'N' }), shape: fields({ ID: like(/^\d+$/) }) },
    { when: 'auto-create alone', params: async (made, who) => ({ NUMBER: await add(made, who), CRM_AUTO_CREATE: 'Y' }), shape: fields({ ID: like(/^\d+$/) }) },
  ],
  refuses: [noNumber, emptyNumber, unknown, { when: 'nothing to change', params: async (made, who) => ({ NUMBER: await add(made, who) }), ...core('There are no fields to update') }],
}) // oxfmt-ignore

contract('telephony.externalLine.get', {
  section: '4.8',
  answers: [
    {
      who: everybody,
      params: async (made, who) => (await add(made, who), {}),
      shape: list(fields({ NUMBER: str, NAME: str, CRM_AUTO_CREATE: flag })),
    },
    {
      when: 'an app without lines',
      who: ['app of Eve'],
      async params({ as }) {
        const { body } = await as('app of Eve', 'telephony.externalLine.get')
        for (const { NUMBER } of body.result as Array<{ NUMBER: string }>)
          await as('app of Eve', 'telephony.externalLine.delete', { NUMBER })
        return {}
      },
      shape: exact([]),
    },
  ],
})

contract('telephony.externalLine.delete', {
  section: '4.8',
  answers: { who: everybody, params: async (made, who) => ({ NUMBER: await add(made, who) }), shape: exact([]) },
  refuses: [
    noNumber,
    emptyNumber,
    unknown,
    { when: 'a line of another app', who: 'app', params: async (made) => ({ NUMBER: await add(made, 'app of Eve') }), error: 'ERROR_CORE', text: /^Could not find line with number line-\d+$/ },
  ],
}) // oxfmt-ignore

contract('voximplant.line.get', {
  section: '4.9',
  answers: { who: everybody, shape: map(str) },
})

contract('voximplant.line.outgoing.get', {
  section: '4.9',
  answers: [
    { when: 'none was chosen', shape: exact('') },
    {
      when: 'an app',
      who: everybody,
      params: async ({ admin, app }) => (await admin.api('PUT', '/telephony', { portalTarget: `app:${app.id}` }), {}),
      shape: ({ app }) => exact(`app:${app.id}`),
    },
  ],
})

contract('voximplant.line.outgoing.set', {
  section: '4.9',
  answers: [
    { params: ({ app }) => ({ LINE_ID: `app:${app.id}` }), shape: exact(1) },
    { when: 'the number of a line', params: async (made, who) => ({ LINE_ID: await add(made, who) }), shape: exact(1) },
    { when: 'an unknown one: nothing changes', params: () => ({ LINE_ID: 'reg999' }), shape: exact(1) },
  ],
  refuses: [{ when: 'no administrator', who: ['app of Eve', 'webhook of Eve'], params: { LINE_ID: 'reg1' }, status: 403, error: 'ACCESS_DENIED', text: 'Access denied!' }],
}) // oxfmt-ignore

contract('voximplant.line.outgoing.sip.set', {
  section: '4.9',
  refuses: [
    { when: 'every CONFIG_ID', params: { CONFIG_ID: 7 }, error: 'ERROR_ARGUMENT', text: 'Specified CONFIG_ID is not found' },
    { when: 'none', error: 'ERROR_ARGUMENT', text: 'Specified CONFIG_ID is not found' },
  ],
})
