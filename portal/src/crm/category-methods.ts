import { PortalError } from '../errors.ts'
import { Listed, method, type Method, type Methods } from '../rest/method.ts'
import { integer, list, map } from '../rest/params.ts'
import { isoSeconds } from '../rest/router.ts'
import type { Store } from '../store/store.ts'
import { typeIds, typeOfId } from './classic-fields.ts'
import { presentDescription } from './classic.ts'

/** What the rows need. */
export interface CategoryParts {
  readonly store: Store
}

/** The one pipeline of deals, which has no number of its own. */
interface Pipeline {
  readonly name: string
  readonly createdAt: number
}

type FindPipeline = (portalId: number) => Promise<Pipeline>

/** `crm.category.*` and their older form `crm.dealcategory.*`: deals have one pipeline. */
export function categoryMethods({ store }: CategoryParts): Methods {
  const find: FindPipeline = async (portalId) => {
    const { language, created_at: createdAt } = await store.read
      .selectFrom('portal')
      .select(['language', 'created_at'])
      .where('id', '=', portalId)
      .executeTakeFirstOrThrow()
    return { name: language === 'ru' ? 'Общая' : 'General', createdAt }
  }
  return { ...newerMethods(find), ...olderMethods(find) }
}

const ofType = { entityTypeId: integer('2 deal') }

function newerMethods(find: FindPipeline): Methods {
  const present = ({ name }: Pipeline) => ({ id: 0, name, sort: 100, entityTypeId: typeIds.deal, isDefault: 'Y' })
  return {
    'crm.category.list': method({
      scope: 'crm',
      about: 'The pipelines of deals: there is one.',
      params: ofType,
      errors: ['item_parameter', 'item_type', 'category_type'],
      async run({ params, caller }) {
        checkType(params.entityTypeId)
        return new Listed({ categories: [present(await find(caller.portalId))] }, 1, 0)
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
        return { category: present(await find(caller.portalId)) }
      },
    }),
    'crm.category.fields': method({
      scope: 'crm',
      about: 'The fields of a pipeline.',
      params: ofType,
      errors: ['item_parameter', 'item_type', 'category_type'],
      run({ params }) {
        checkType(params.entityTypeId)
        return { fields: newerFields() }
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

/** `isRequired` is what a caller must say to add one; pipelines are read only here. */
function newerFields(): Record<string, unknown> {
  const described = (type: string, upperName: string, { required = false, readOnly = true } = {}) => ({
    ...presentDescription({ kind: 'text', title: upperName, required, readOnly }),
    type,
    upperName,
  })
  return {
    id: described('integer', 'ID'),
    name: described('string', 'NAME', { readOnly: false }),
    sort: described('integer', 'SORT', { readOnly: false }),
    entityTypeId: described('integer', 'ENTITY_TYPE_ID', { required: true }),
    isDefault: described('boolean', 'IS_DEFAULT'),
  }
}

/** The general pipeline is not in the list: callers know it as 0, and the list holds what was added to it (which is nothing here). */
function olderMethods(find: FindPipeline): Methods {
  return {
    'crm.dealcategory.list': method({
      scope: 'crm',
      about: 'The pipelines of deals beside the general one: none.',
      params: {
        SELECT: list('names'),
        FILTER: map('values by name', 'crm_filter'),
        ORDER: map('ASC or DESC by name', 'crm_order'),
      },
      errors: ['crm_filter', 'crm_order'],
      run: () => new Listed([], 0, 0),
    }),
    'crm.dealcategory.get': method({
      scope: 'crm',
      about: 'A pipeline of deals; the general one is 0.',
      params: { ID: integer('id of the pipeline', 'crm_id').required('crm_id') },
      errors: ['crm_id', 'crm_not_found'],
      async run({ params, caller }) {
        if (params.ID < 0) throw new PortalError('crm_id')
        if (params.ID > 0) throw new PortalError('crm_not_found')
        const { name, createdAt } = await find(caller.portalId)
        return { ID: '0', CREATED_DATE: isoSeconds(createdAt), NAME: name, IS_LOCKED: 'N', SORT: '100' }
      },
    }),
    'crm.dealcategory.default.get': method({
      scope: 'crm',
      about: 'The general pipeline of deals.',
      params: {},
      errors: [],
      run: async ({ caller }) => ({ ID: 0, NAME: (await find(caller.portalId)).name }),
    }),
    'crm.dealcategory.status': statusMethod(),
    'crm.dealcategory.fields': method({
      scope: 'crm',
      about: 'The fields of a pipeline of deals.',
      params: {},
      errors: [],
      run: () => olderFields(),
    }),
  }
}

function statusMethod(): Method {
  return method({
    scope: 'crm',
    about: 'The directory of the stages of a pipeline, for crm.status.*.',
    params: { ID: integer('id of the pipeline; 0, the general one, if absent', 'crm_id') },
    errors: ['crm_id', 'crm_not_found'],
    run({ params }) {
      if ((params.ID ?? 0) !== 0) throw new PortalError('crm_not_found')
      return 'DEAL_STAGE'
    },
  })
}

function olderFields(): Record<string, unknown> {
  const described = (kind: 'id' | 'time' | 'text' | 'flag' | 'integer', title: string, required = false) =>
    presentDescription({ kind, title, required, readOnly: kind === 'id' || kind === 'time' || kind === 'flag' })
  return {
    ID: described('id', 'ID'),
    CREATED_DATE: described('time', 'Created on'),
    NAME: described('text', 'Name', true),
    IS_LOCKED: described('flag', 'Locked'),
    SORT: described('integer', 'Order'),
  }
}
