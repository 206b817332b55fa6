import { openContract, type Params, type Refusing, type Who } from '../../support/contract.ts'
import { exact, num } from '../../support/shape.ts'

const everybody: readonly Who[] = ['app', 'webhook', 'app of Eve', 'webhook of Eve']
const ids = { eve: 0 }

const { contract } = openContract(
  ['im'],
  async (house) => {
    ids.eve = house.eve.userId
  },
  { refusalsEverywhere: true },
)

const refusal = (when: string, error: string, text: string, params: Params): Refusing => ({ when, params, error, text })
const noUser = [undefined, 'x', 0, -1].map((USER_ID) =>
  refusal(`the user is ${USER_ID}`, 'USER_ID_EMPTY', "User ID can't be empty", { USER_ID, MESSAGE: 'Hello' }),
)
const refuses: readonly Refusing[] = [
  ...noUser,
  ...[undefined, ' ', ['x']].map((MESSAGE) =>
    refusal(`the message is ${JSON.stringify(MESSAGE)}`, 'MESSAGE_EMPTY', "Message can't be empty", { USER_ID: 1, MESSAGE }),
  ),
  refusal('the attachment is a word', 'ATTACH_ERROR', 'Incorrect attach params', { USER_ID: 1, MESSAGE: 'Hello', ATTACH: 'x' }),
  refusal('the attachment is too large', 'ATTACH_OVERSIZE', 'You have exceeded the maximum allowable size of attach', {
    USER_ID: 1,
    MESSAGE: 'Hello',
    ATTACH: { BLOCKS: [{ MESSAGE: 'x'.repeat(60_000) }] },
  }),
]

for (const method of ['im.notify', 'im.notify.personal.add', 'im.notify.system.add'])
  contract(method, {
    section: '14.1',
    answers: [
      {
        when: 'the id of the note',
        who: everybody,
        params: () => ({
          USER_ID: ids.eve,
          MESSAGE: 'Hello [b]Eve[/b]',
          MESSAGE_OUT: '',
          TAG: 'a',
          SUB_TAG: 'b',
          ATTACH: { BLOCKS: [{ MESSAGE: 'x' }] },
        }),
        shape: num,
        after: async (house) => [
          (await house.eve.api('GET', '/notifications')).body.items[0],
          { message: 'Hello [b]Eve[/b]', author: method === 'im.notify.system.add' ? null : {} },
        ],
      },
      { when: 'nobody gets it', params: () => ({ user_id: '999999', message: 'Hello' }), shape: exact(false) },
      ...(method === 'im.notify'
        ? [
            { when: 'to TO, from the system', params: () => ({ TO: ids.eve, MESSAGE: 'Hello', TYPE: 'SYSTEM' }), shape: num },
            { when: 'from the user', params: () => ({ TO: ids.eve, MESSAGE: 'Hello', TYPE: 'USER' }), shape: num },
          ]
        : []),
    ],
    refuses,
  })
