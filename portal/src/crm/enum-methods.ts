import { PortalError } from '../errors.ts'
import { Listed, method, type Method, type Methods } from '../rest/method.ts'
import { integer } from '../rest/params.ts'
import type { Store } from '../store/store.ts'
import { typeIds, typeOfId } from './classic-fields.ts'
import { presentDescription } from './classic.ts'

/** What the rows need. */
export interface EnumParts {
  readonly store: Store
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

/** `crm.enum.*`, `crm.multifield.fields`, `crm.category.*`: what numbers mean, in the language of the portal. */
export function enumMethods({ store }: EnumParts): Methods {
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
    ...categoryMethods(isRussian),
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

const ofType = { entityTypeId: integer('2 deal') }

/** Deals have one pipeline, which has no number of its own. */
function categoryMethods(isRussian: (portalId: number) => Promise<boolean>): Methods {
  const general = async (portalId: number) => ({
    id: 0,
    name: (await isRussian(portalId)) ? 'Общая' : 'General',
    sort: 100,
    entityTypeId: typeIds.deal,
    isDefault: 'Y',
  })
  return {
    'crm.category.list': method({
      scope: 'crm',
      about: 'The pipelines of deals: there is one.',
      params: ofType,
      errors: ['item_parameter', 'item_type', 'category_type'],
      async run({ params, caller }) {
        checkType(params.entityTypeId)
        return new Listed({ categories: [await general(caller.portalId)] }, 1, 0)
      },
    }),
    'crm.category.get': method({
      scope: 'crm',
      about: 'The pipeline of deals, whose id is 0.',
      params: { ...ofType, id: integer('0') },
      errors: ['item_parameter', 'item_type', 'category_type', 'item_not_found'],
      async run({ params, caller }) {
        checkType(params.entityTypeId)
        if (params.id === undefined) throw new PortalError('item_parameter', { name: 'id' })
        if (params.id !== 0) throw new PortalError('item_not_found')
        return { category: await general(caller.portalId) }
      },
    }),
  }
}

function checkType(id: number | undefined): void {
  if (id === undefined) throw new PortalError('item_parameter', { name: 'entityTypeId' })
  const type = typeOfId(id)
  if (!type) throw new PortalError('item_type', { id })
  if (type !== 'deal') throw new PortalError('category_type', { type })
}
