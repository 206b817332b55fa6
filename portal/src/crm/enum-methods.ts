import type { SwitchBoard } from '../directory/switches.ts'
import { method, type Method, type Methods } from '../rest/method.ts'
import type { Store } from '../store/store.ts'
import { typeIds } from './classic-fields.ts'
import { presentDescription } from './classic.ts'

/** What the rows need. */
export interface EnumParts {
  readonly store: Store
  readonly switches: Pick<SwitchBoard, 'of'>
}

/** Words in English and Russian; their place is their number on the wire. */
type Words = ReadonlyArray<readonly [english: string, russian: string]>

const nothing = ['', ''] as const
/** Numbers of activities (contract 8.4), by the last part of the method's name. */
const enumerations: Readonly<Record<string, Words>> = {
  activitytype: [
    nothing,
    ['Meeting', 'Встреча'],
    ['Call', 'Звонок'],
    ['Task', 'Задача'],
    ['E-mail', 'Письмо'],
    ['Action', 'Действие'],
    ['Action of an app', 'Действие приложения'],
  ],
  activitydirection: [nothing, ['Incoming', 'Входящее'], ['Outgoing', 'Исходящее']],
  activitystatus: [nothing, ['Waiting', 'Ожидается'], ['Completed', 'Завершено'], ['Completed by itself', 'Завершено автоматически']],
  activitypriority: [nothing, ['Low', 'Низкая'], ['Medium', 'Средняя'], ['High', 'Высокая']],
  activitynotifytype: [nothing, ['min.', 'мин.'], ['h.', 'ч.'], ['d.', 'дн.']],
  contenttype: [nothing, ['Plain text', 'Обычный текст'], ['BBCode', 'BBCode'], ['HTML', 'HTML']],
}

const owners = [
  ['lead', 'L', 'Lead', 'Лид'],
  ['deal', 'D', 'Deal', 'Сделка'],
  ['contact', 'C', 'Contact', 'Контакт'],
  ['company', 'CO', 'Company', 'Компания'],
] as const

/** `crm.enum.*`, `crm.multifield.fields`, `crm.settings.mode.get`: what numbers mean, in the language of the portal. */
export function enumMethods({ store, switches }: EnumParts): Methods {
  const isRussian = async (portalId: number): Promise<boolean> => {
    const portal = await store.read.selectFrom('portal').select('language').where('id', '=', portalId).executeTakeFirstOrThrow()
    return portal.language === 'ru'
  }
  const enumeration = (name: string, words: Words): Method =>
    method({
      scope: 'crm',
      about: `What the numbers of ${name} mean.`,
      params: {},
      errors: [],
      async run({ caller }) {
        const at = (await isRussian(caller.portalId)) ? 1 : 0
        return words.map((word, id) => ({ ID: id, NAME: word[at], SYMBOL_CODE: null, SYMBOL_CODE_SHORT: null }))
      },
    })
  return {
    ...Object.fromEntries(Object.entries(enumerations).map(([name, words]) => [`crm.enum.${name}`, enumeration(name, words)])),
    'crm.enum.ownertype': method({
      scope: 'crm',
      about: 'The types of cards: their numbers, names and letters.',
      params: {},
      errors: [],
      async run({ caller }) {
        const russian = await isRussian(caller.portalId)
        return owners.map(([type, letter, english, inRussian]) => ({
          ID: typeIds[type],
          NAME: russian ? inRussian : english,
          SYMBOL_CODE: type.toUpperCase(),
          SYMBOL_CODE_SHORT: letter,
        }))
      },
    }),
    'crm.enum.fields': method({
      scope: 'crm',
      about: 'The fields of a row of crm.enum.*.',
      params: {},
      errors: [],
      run: () => enumFields(),
    }),
    'crm.multifield.fields': method({
      scope: 'crm',
      about: 'The fields of a phone, e-mail, website or messenger.',
      params: {},
      errors: [],
      run: () => multifieldFields(),
    }),
    ...modeMethods(switches, isRussian),
  }
}

/** 1 classic, 2 simple: what an unknown number becomes (contract 4.2). */
function modeMethods(switches: EnumParts['switches'], isRussian: (portalId: number) => Promise<boolean>): Methods {
  return {
    'crm.settings.mode.get': method({
      scope: 'crm',
      about: 'How the CRM works: 1 classic, with leads; 2 simple, without.',
      params: {},
      errors: [],
      run: ({ caller }) => (switches.of(caller.portalId).crmMode === 'simple' ? 2 : 1),
    }),
    'crm.enum.settings.mode': method({
      scope: 'crm',
      about: 'What the answer of crm.settings.mode.get means.',
      params: {},
      errors: [],
      async run({ caller }) {
        const names = (await isRussian(caller.portalId)) ? ['Классическая CRM', 'Простая CRM'] : ['Classic CRM', 'Simple CRM']
        return names.map((NAME, index) => ({ ID: index + 1, NAME }))
      },
    }),
  }
}

const described = (type: string, title: string, readOnly: boolean): Record<string, unknown> => ({
  ...presentDescription({ kind: 'text', title, required: false, readOnly }),
  type,
})

function enumFields(): Record<string, unknown> {
  return {
    ID: described('int', 'ID', true),
    NAME: described('string', 'Name', true),
    SYMBOL_CODE: described('string', 'Code', true),
    SYMBOL_CODE_SHORT: described('string', 'Short code', true),
  }
}

function multifieldFields(): Record<string, unknown> {
  return {
    ID: described('int', 'ID', true),
    TYPE_ID: described('string', 'PHONE, EMAIL, WEB or IM', true),
    VALUE: described('string', 'Value', false),
    VALUE_TYPE: described('string', 'WORK, MOBILE, HOME …', false),
  }
}
