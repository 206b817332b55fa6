import { openContract, type ContractHouse, type Refusing } from '../../support/contract.ts'
import { exact, fields, like, list, map, num, oneOf, str } from '../../support/shape.ts'

const { contract } = openContract(['placement', 'telephony'], undefined, { refusalsEverywhere: 'app' })

let last = 0
const page = (): string => `http://127.0.0.1:9/tab/${++last}`
const onlyApp = ['app'] as const
const notAnApp: Refusing = {
  when: 'a webhook',
  who: 'webhook',
  status: 403,
  error: 'WRONG_AUTH_TYPE',
  text: 'Current authorization type is denied for this method Application context required',
}
const noRights: Refusing = { when: 'no administrator', who: 'app of Eve', params: { PLACEMENT: 'CALL_CARD', HANDLER: 'http://127.0.0.1:9/' }, status: 403, error: 'ACCESS_DENIED', text: 'Access denied!' } // oxfmt-ignore
const worker = () => ({
  PLACEMENT: 'PAGE_BACKGROUND_WORKER',
  HANDLER: page(),
  OPTIONS: { errorHandlerUrl: 'http://127.0.0.1:9/slow' },
})
const clear = async ({ ask }: ContractHouse): Promise<void> => {
  for (const PLACEMENT of ['CALL_CARD', 'PAGE_BACKGROUND_WORKER', 'TELEPHONY_ANALYTICS_MENU']) await ask('placement.unbind', { PLACEMENT })
}

contract('placement.bind', {
  section: '8.6',
  answers: [
    {
      when: 'a tab of the call card',
      who: onlyApp,
      params: () => ({
        PLACEMENT: 'CALL_CARD',
        HANDLER: page(),
        TITLE: 'Tab',
        DESCRIPTION: 'About',
        GROUP_NAME: 'Group',
        LANG_ALL: { ru: { TITLE: 'Вкладка' } },
      }),
      shape: exact(true),
    },
    { when: 'an item of the menu', who: onlyApp, params: () => ({ placement: 'telephony_analytics_menu', handler: page() }), shape: exact(true) },
    {
      when: 'a worker of one user',
      who: onlyApp,
      params: async (house) => (await clear(house), { ...worker(), USER_ID: house.eve.userId }),
      shape: exact(true),
    },
  ],
  refuses: [
    notAnApp,
    noRights,
    { when: 'no place', params: { HANDLER: 'http://127.0.0.1:9/' }, status: 200, error: 'ERROR_ARGUMENT', text: "Argument 'PLACEMENT' is null or empty" },
    { when: 'no page', params: { PLACEMENT: 'CALL_CARD' }, status: 200, error: 'ERROR_ARGUMENT', text: "Argument 'HANDLER' is null or empty" },
    { when: 'a page that is no address', params: { PLACEMENT: 'CALL_CARD', HANDLER: 'tab' }, error: 'ERROR_ARGUMENT', text: /^Argument 'HANDLER' must be an http or https address/ },
    { when: 'a place that is not there', params: { PLACEMENT: 'NOWHERE', HANDLER: 'http://127.0.0.1:9/' }, error: 'ERROR_PLACEMENT_NOT_FOUND', text: 'Placement not found' },
    { when: 'a user where places are for everybody', params: ({ eve }) => ({ PLACEMENT: 'CALL_CARD', HANDLER: page(), USER_ID: eve.userId }), status: 200, error: 'ERROR_PLACEMENT_USER_MODE', text: 'User mode is not available' },
    { when: 'a worker without errorHandlerUrl', params: () => ({ ...worker(), OPTIONS: null }), status: 200, error: 'EMPTY_ERROR_HANDLER_URL', text: /errorHandlerUrl/ },
    {
      when: 'a second worker',
      params: async (house) => {
        await clear(house)
        await house.ask('placement.bind', worker())
        return worker()
      },
      status: 200,
      error: 'ERROR_PLACEMENT_MAX_COUNT',
      text: /PAGE_BACKGROUND_WORKER/,
    },
    {
      when: 'the same page twice',
      params: async ({ ask }) => {
        const same = { PLACEMENT: 'CALL_CARD', HANDLER: page() }
        await ask('placement.bind', same)
        return same
      },
      error: 'ERROR_CORE',
      text: 'Unable to set placement handler: Handler already binded',
    },
  ],
}) // oxfmt-ignore

const words = fields({ TITLE: str, DESCRIPTION: str, GROUP_NAME: str })
const bound = fields({
  placement: like(/^[A-Z_]+$/),
  userId: num,
  handler: like(/^http/),
  options: oneOf(exact([]), map(str)),
  title: str,
  description: str,
  langAll: map(words),
})
contract('placement.get', {
  section: '8.6',
  answers: [
    {
      who: onlyApp,
      params: async (house) => {
        await clear(house)
        await house.ask('placement.bind', worker())
        await house.ask('placement.bind', { PLACEMENT: 'CALL_CARD', HANDLER: page(), TITLE: 'Tab' })
        return {}
      },
      shape: list(bound, 2),
    },
    { when: 'nothing is bound', who: ['app of Eve'], shape: exact([]) },
  ],
  refuses: [notAnApp],
})

contract('placement.unbind', {
  section: '8.6',
  answers: [
    {
      who: onlyApp,
      params: async ({ ask }) => {
        const same = { PLACEMENT: 'CALL_CARD', HANDLER: page() }
        await ask('placement.bind', same)
        return same
      },
      shape: exact({ count: 1 }),
    },
    { when: 'nothing is bound', who: onlyApp, params: () => ({ PLACEMENT: 'CALL_CARD', HANDLER: page() }), shape: exact({ count: 0 }) },
    {
      when: 'of one user',
      who: onlyApp,
      params: async (house) => {
        await clear(house)
        await house.ask('placement.bind', { ...worker(), USER_ID: house.eve.userId })
        return { PLACEMENT: 'PAGE_BACKGROUND_WORKER', USER_ID: house.eve.userId }
      },
      shape: exact({ count: 1 }),
    },
  ],
  refuses: [notAnApp, noRights, { when: 'no place', error: 'ERROR_ARGUMENT', text: "Argument 'PLACEMENT' is null or empty" }],
})

const code = like(/^[A-Z_]+$/)
contract('placement.list', {
  section: '8.6',
  answers: [
    { who: ['app', 'app of Eve'], shape: list(code, 3) },
    { when: 'of a scope', who: onlyApp, params: () => ({ SCOPE: 'telephony' }), shape: list(code, 2) },
    { when: 'all', who: onlyApp, params: () => ({ FULL: true }), shape: list(code, 3) },
    { when: 'of a scope without places', who: onlyApp, params: () => ({ SCOPE: 'im' }), shape: exact([]) },
  ],
  refuses: [notAnApp],
})
