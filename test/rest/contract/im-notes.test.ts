import { openContract, type ContractHouse, type Params, type Refusing } from '../../support/contract.ts'
import { exact } from '../../support/shape.ts'

const { contract } = openContract(['im'])

const empty = "Notification ID (ID, IDS), TAG or SUB_TAG can't be empty"
const refusal = (when: string, params: Params): Refusing => ({ when, params, error: 'PARAMS_ERROR', text: empty })
/** a note of the webhooks, or of the app, to the admin: who deletes it must be who sent it or who got it */
const send = (house: ContractHouse, more: Params = {}): Promise<number> =>
  house.ask('im.notify.system.add', { USER_ID: house.admin.userId, MESSAGE: 'Hello', ...more })

contract('im.notify.read', {
  section: '14.1',
  answers: [
    { when: 'one', params: async (house) => ({ ID: await send(house), ONLY_CURRENT: 'Y' }), shape: exact(true) },
    { when: 'that and all newer ones', params: async (house) => ({ id: String(await send(house)) }), shape: exact(true) },
  ],
  refuses: [refusal('no note', {}), refusal('a word', { ID: 'x' })],
})

contract('im.notify.read.list', {
  section: '14.1',
  answers: [
    { when: 'read', params: async (house) => ({ IDS: [await send(house), await send(house)], ACTION: 'Y' }), shape: exact(true) },
    { when: 'unread', params: async (house) => ({ IDS: [await send(house)], ACTION: 'N' }), shape: exact(true) },
  ],
  refuses: [
    refusal('no notes', {}),
    refusal('a word', { IDS: ['x'] }),
    {
      when: 'more than 500 notes',
      params: { IDS: Array.from({ length: 501 }, (_, index) => index + 1) },
      error: 'ERROR_ARGUMENT',
      text: 'More than 500 values at once: send them in several requests',
    },
  ],
})

contract('im.notify.read.all', { section: '14.1', answers: { shape: exact({ result: true, newCounter: 0 }) } })

contract('im.notify.delete', {
  section: '14.1',
  answers: [
    { when: 'by its id', params: async (house) => ({ ID: await send(house) }), shape: exact(true) },
    {
      when: 'by TAG',
      who: ['app'],
      params: async (house) => (await send(house, { TAG: 'a' }), { TAG: 'a' }),
      shape: exact(true),
    },
    {
      when: 'by SUB_TAG',
      who: ['app'],
      params: async (house) => (await send(house, { SUB_TAG: 'b' }), { SUB_TAG: 'b' }),
      shape: exact(true),
    },
    { when: 'there is none', params: () => ({ ID: 999_999 }), shape: exact(false) },
  ],
  refuses: [refusal('no note', {}), refusal('a word', { ID: 'x' })],
})
