import { expect, test } from 'vitest'
import { openContract, type ContractHouse, type Params, type Refusing } from '../../support/contract.ts'
import { startPortal } from '../../support/portal.ts'
import { bool, exact, fields, isoTime, like, list, num, oneOf, str } from '../../support/shape.ts'

const scope = ['im', 'user']
const { contract } = openContract(scope, async (house) => {
  await send(house, { MESSAGE: 'Your Invoice 17 is paid', TAG: 'invoice-17', SUB_TAG: 'invoice' })
  await send(house, { MESSAGE: 'Счёт 18 оплачен', TAG: 'invoice-18' })
})

const send = (house: ContractHouse, more: Params): Promise<number> =>
  house.ask('im.notify.personal.add', { USER_ID: house.admin.userId, ...more })
const refusal = (when: string, error: string, text: string, params: Params): Refusing => ({ when, params, error, text })

const note = fields({
  id: num,
  chat_id: num,
  author_id: num,
  date: isoTime,
  notify_type: exact(2),
  notify_module: exact('rest'),
  notify_event: exact('rest_notify'),
  notify_tag: like(/^invoice-1[78]$/),
  notify_sub_tag: like(/^(invoice)?$/),
  notify_title: exact(''),
  setting_name: exact('rest|rest_notify'),
  text: like(/оплачен|paid/),
  notify_read: exact('N'),
  params: exact(null),
})
const author = fields({
  id: num,
  active: exact(true),
  name: exact('Admin'),
  first_name: exact('Admin'),
  last_name: exact(''),
  work_position: str,
  color: like(/^#[0-9a-f]{6}$/),
  avatar: str,
  avatar_hr: str,
  gender: exact(''),
  birthday: exact(''),
  extranet: exact(false),
  network: exact(false),
  bot: exact(false),
  connector: exact(false),
  external_auth_id: str,
  status: exact('online'),
  idle: exact(false),
  last_activity_date: oneOf(isoTime, bool),
  mobile_last_date: exact(false),
  desktop_last_date: exact(false),
  absent: exact(false),
  departments: list(num, 0),
  phones: fields({ inner_phone: exact('101') }),
  bot_data: exact(null),
  type: exact('user'),
  website: exact(''),
  email: exact('admin@example.com'),
})
const lastId = refusal('the last note is a word', 'LAST_ID_STRING', "Last notification ID can't be string", {
  LAST_ID: 'x',
  LAST_TYPE: 3,
  SEARCH_TEXT: 'invoice',
})

contract('im.notify.get', {
  section: '14.1',
  answers: [
    {
      shape: fields({
        total_count: exact(2),
        total_unread_count: exact(2),
        chat_id: num,
        notifications: list(note, 2),
        users: list(author),
      }),
    },
    {
      when: 'a page of one',
      params: () => ({ LIMIT: 1 }),
      shape: fields({ total_count: exact(2), total_unread_count: exact(2), chat_id: num, notifications: list(note), users: list(author) }),
    },
    { when: 'nobody wrote to Eve', who: ['app of Eve', 'webhook of Eve'], shape: exact({ notifications: [], users: [] }) },
  ],
  refuses: [
    lastId,
    refusal('the cursor is half', 'LAST_ID_AND_LAST_TYPE', 'Parameters LAST_ID and LAST_TYPE should be used together.', { LAST_ID: 5 }),
    refusal('the other half', 'LAST_ID_AND_LAST_TYPE', 'Parameters LAST_ID and LAST_TYPE should be used together.', { LAST_TYPE: 3 }),
  ],
})

const found = (total: number) => fields({ chat_id: num, total_results: exact(total), notifications: list(note), users: list(author) })
const now = (): string => new Date().toISOString()

contract('im.notify.history.search', {
  section: '14.1',
  answers: [
    { when: 'by text, in any case', params: () => ({ SEARCH_TEXT: 'INVOICE' }), shape: found(1) },
    { when: 'by text that is not English', params: () => ({ SEARCH_TEXT: 'счёт' }), shape: found(1) },
    { when: 'by type', params: () => ({ SEARCH_TYPE: 'rest|rest_notify' }), shape: found(2) },
    { when: 'by types', params: () => ({ SEARCH_TYPES: ['tasks', 'rest'], SEARCH_TEXT: 'оплачен' }), shape: found(1) },
    { when: 'by day', params: () => ({ SEARCH_DATE: now() }), shape: found(2) },
    { when: 'by a range', params: () => ({ SEARCH_DATE_FROM: '2020-01-01T00:00:00+00:00', SEARCH_DATE_TO: now() }), shape: found(2) },
    { when: 'by author and tag', params: (house) => ({ SEARCH_AUTHORS: [house.admin.userId], GROUP_TAG: 'invoice-17' }), shape: found(1) },
    {
      when: 'the page behind a note has no total',
      params: async (house) => ({ SEARCH_TEXT: 'paid', LAST_ID: (await house.ask('im.notify.get')).notifications[0].id + 1 }),
      shape: fields({ chat_id: num, notifications: list(note), users: list(author) }),
    },
    {
      when: 'nothing',
      params: () => ({ SEARCH_TYPE: 'tasks' }),
      shape: fields({ chat_id: num, total_results: exact(0), notifications: exact([]), users: exact([]) }),
    },
  ],
  refuses: [
    lastId,
    refusal('two letters', 'SEARCH_TEXT_ERROR', "SEARCH_TEXT can't be less than 3 symbols", { SEARCH_TEXT: 'in' }),
    refusal('half a range', 'SEARCH_TEXT_ERROR', "SEARCH_TEXT can't be less than 3 symbols", {
      SEARCH_DATE_FROM: '2020-01-01T00:00:00+00:00',
    }),
    refusal('a day that is none', 'ERROR_ARGUMENT', "Argument 'SEARCH_DATE' must be an ISO 8601 time with a zone", {
      SEARCH_DATE: 'yesterday',
    }),
  ],
})

contract('im.notify.schema.get', {
  section: '14.1',
  answers: {
    shape: exact({ rest: { name: 'Applications', module_id: 'rest', list: [{ id: 'rest|rest_notify', name: 'Notes of applications' }] } }),
  },
})

test('notes are read page by page, newest first, and what was read says so', async () => {
  const house = await startPortal()
  const app = await house.addApp({ scope })
  const ids: number[] = []
  for (let index = 0; index < 53; index++)
    ids.push((await app.call('im.notify.system.add', { USER_ID: house.admin.userId, MESSAGE: `Note ${index}` })).body.result)
  await app.call('im.notify.read', { ID: ids[52], ONLY_CURRENT: 'Y' })
  const first = (await app.call('im.notify.get', { LIMIT: 500 })).body.result
  expect([first.total_count, first.total_unread_count, first.notifications.length, first.users]).toEqual([53, 52, 50, []])
  expect(
    first.notifications
      .slice(0, 2)
      .map((one: Record<string, unknown>) => [one['id'], one['notify_read'], one['notify_type'], one['author_id']]),
  ).toEqual([
    [ids[52], 'Y', 4, 0],
    [ids[51], 'N', 4, 0],
  ])
  const rest = (await app.call('im.notify.get', { LAST_ID: first.notifications[49].id, LAST_TYPE: 3 })).body.result
  expect(rest.notifications.map((one: { id: number }) => one.id)).toEqual([ids[2], ids[1], ids[0]])
  await house.stop()
})
