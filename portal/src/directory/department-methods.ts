import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { integer, text } from '../rest/params.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store, Tx } from '../store/store.ts'
import { addDepartment, changeDepartment, removeDepartment, type DepartmentInput } from './departments.ts'

/** What the rows need. */
export interface DepartmentParts {
  readonly store: Store
  readonly changed: (portalId: number, names: readonly string[]) => void
}

const scope = 'department|user'
const id = { ID: integer('the department', 'department_not_found').required('department_not_found') }
const input = {
  NAME: text('name', 'department_name'),
  SORT: integer('order'),
  PARENT: integer('department that it belongs to'),
  UF_HEAD: integer('user who leads it'),
}

/** `department.fields`, `.add`, `.update`, `.delete`: everybody reads, administrators write. */
export function departmentWriteMethods({ store, changed }: DepartmentParts): Methods {
  const write = <T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (!caller.isAdmin) throw new PortalError('department_refused')
    return store.transaction((tx) => {
      tx.afterCommit(() => changed(caller.portalId, ['users']))
      return work(tx)
    })
  }
  return {
    'department.fields': method({
      scope,
      about: 'Names and titles of department fields.',
      params: {},
      errors: [],
      run: () => ({ ID: 'ID', NAME: 'Name', SORT: 'Order', PARENT: 'Parent department', UF_HEAD: 'Head' }),
    }),
    'department.add': method({
      scope,
      about: 'Adds a department; the result is its id. Administrators only.',
      params: { ...input, NAME: input.NAME.required('department_name') },
      errors: ['department_refused', 'department_name', 'department_parent', 'department_head'],
      run: ({ params, caller }) => write(caller, (tx) => addDepartment(tx, { portalId: caller.portalId, name: '', ...readInput(params) })),
    }),
    'department.update': method({
      scope,
      about: 'Changes the given fields of a department. Administrators only.',
      params: { ...id, ...input },
      errors: ['department_refused', 'department_not_found', 'department_name', 'department_parent', 'department_head'],
      async run({ params, caller }) {
        await write(caller, (tx) => changeDepartment(tx, { portalId: caller.portalId, id: params.ID }, readInput(params)))
        return true
      },
    }),
    'department.delete': method({
      scope,
      about: 'Deletes an empty department. Administrators only.',
      params: id,
      errors: ['department_refused', 'department_not_found', 'department_top', 'department_filled'],
      async run({ params, caller }) {
        await write(caller, (tx) => removeDepartment(tx, { portalId: caller.portalId, id: params.ID }))
        return true
      },
    }),
  }
}

function readInput(params: {
  readonly NAME: string | undefined
  readonly SORT: number | undefined
  readonly PARENT: number | undefined
  readonly UF_HEAD: number | undefined
}): DepartmentInput {
  const name = params.NAME === undefined ? undefined : withoutNul(params.NAME).trim().slice(0, 255)
  if (name === '') throw new PortalError('department_name')
  return {
    ...(name !== undefined && { name }),
    ...(params.SORT !== undefined && { sort: params.SORT }),
    ...(params.PARENT !== undefined && { parentId: params.PARENT === 0 ? null : params.PARENT }),
    ...(params.UF_HEAD !== undefined && { headUserId: params.UF_HEAD === 0 ? null : params.UF_HEAD }),
  }
}
