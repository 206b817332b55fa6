import type { Caller } from '../caller.ts'
import { PortalError } from '../errors.ts'
import { method, type Methods } from '../rest/method.ts'
import { anything, integer, isTrue, text } from '../rest/params.ts'
import { isMap, type Loose, type LooseMap } from '../rest/php.ts'
import { withoutNul } from '../store/fold.ts'
import type { Store } from '../store/store.ts'
import { departmentsOf } from './departments.ts'
import { hashPassword, randomPassword } from './sign-in.ts'
import type { UserInput, Users } from './users.ts'

/** What the rows need. */
export interface UserWriteParts {
  readonly store: Store
  readonly users: Users
}

const input = {
  NAME: text('first name'),
  LAST_NAME: text('last name'),
  SECOND_NAME: text('second name'),
  WORK_POSITION: text('position'),
  WORK_PHONE: text('work phone'),
  PERSONAL_PHONE: text('personal phone'),
  PERSONAL_MOBILE: text('mobile phone'),
  UF_DEPARTMENT: anything('id or ids of departments'),
  UF_PHONE_INNER: text('extension: digits, * and #'),
}

/** `user.add` and `user.update`: administrators, and everybody for their own names and phones. */
export function userWriteMethods({ store, users }: UserWriteParts): Methods {
  return {
    'user.add': method({
      scope: 'user',
      about: 'Adds an employee; the result is the id. Nothing is mailed: an administrator sets the password in the settings.',
      params: { EMAIL: text('e-mail address, the sign-in name'), ...input, EXTRANET: anything('Y is refused: there are no guests') },
      errors: [
        'user_refused',
        'user_email_wrong',
        'user_email_taken',
        'user_extension_taken',
        'user_department',
        'user_no_extranet',
        'argument_wrong',
      ],
      async run({ params, caller, sent }) {
        if (!caller.isAdmin) throw new PortalError('user_refused')
        if (isTrue(params.EXTRANET)) throw new PortalError('user_no_extranet')
        const email = readEmail(params.EMAIL)
        const fields = await readFields(store, caller, sent)
        const passwordHash = await hashPassword(randomPassword())
        return (await asRest(users.create(caller.portalId, { ...fields, email, passwordHash }), { email })).id
      },
    }),
    'user.update': method({
      scope: 'user',
      about:
        'Changes the given fields of a user. Without administrator rights: of oneself, and not EMAIL, ACTIVE, UF_DEPARTMENT and UF_PHONE_INNER.',
      params: { ID: integer('the user'), EMAIL: text('e-mail address'), ...input, ACTIVE: anything('false: may not sign in nor call') },
      errors: [
        'user_foreign',
        'user_unknown',
        'user_email_wrong',
        'user_email_taken',
        'user_extension_taken',
        'user_department',
        'user_last_admin',
        'argument_wrong',
      ],
      async run({ params, caller, sent }) {
        const id = params.ID ?? 0
        refuseForeign(caller, id, sent)
        const email = params.EMAIL === undefined ? undefined : readEmail(params.EMAIL)
        const fields = await readFields(store, caller, sent)
        await asRest(users.change(caller.portalId, id, { ...fields, ...(email !== undefined && { email }) }), { email: email ?? '' })
        return true
      },
    }),
  }
}

const forAdmins = ['EMAIL', 'ACTIVE', 'UF_DEPARTMENT', 'UF_PHONE_INNER']

function refuseForeign(caller: Caller, id: number, sent: LooseMap): void {
  if (caller.isAdmin) return
  if (id !== caller.userId || Object.keys(sent).some((name) => forAdmins.includes(name.toUpperCase())))
    throw new PortalError('user_foreign')
}

function readEmail(sent: string | undefined): string {
  const email = withoutNul(sent ?? '').trim()
  if (email.length > 200 || !/^[^@\s]+@[^@\s]+$/.test(email)) throw new PortalError('user_email_wrong')
  return email
}

/** What was sent, by name: here an empty text clears, so it is told from an absent one. */
async function readFields(store: Store, caller: Caller, sent: LooseMap): Promise<UserInput> {
  const given = new Map(Object.entries(sent).map(([name, value]) => [name.toUpperCase(), value]))
  const text = (name: string): string => readText(name, given.get(name))
  const orNull = (name: string): string | null => text(name) || null
  return {
    ...(given.has('NAME') && { name: text('NAME') }),
    ...(given.has('LAST_NAME') && { lastName: text('LAST_NAME') }),
    ...(given.has('SECOND_NAME') && { secondName: text('SECOND_NAME') }),
    ...(given.has('WORK_POSITION') && { workPosition: text('WORK_POSITION') }),
    ...(given.has('WORK_PHONE') && { workPhone: orNull('WORK_PHONE') }),
    ...(given.has('PERSONAL_PHONE') && { personalPhone: orNull('PERSONAL_PHONE') }),
    ...(given.has('PERSONAL_MOBILE') && { personalMobile: orNull('PERSONAL_MOBILE') }),
    ...(given.has('UF_PHONE_INNER') && { extension: readExtension(text('UF_PHONE_INNER')) }),
    ...(given.has('UF_DEPARTMENT') && { departments: await readDepartments(store, caller.portalId, given.get('UF_DEPARTMENT')) }),
    ...(given.has('ACTIVE') && { isActive: isTrue(given.get('ACTIVE')) }),
  }
}

function readText(name: string, value: Loose): string {
  if (typeof value === 'object' && value !== null) throw new PortalError('argument_wrong', { argument: name, problem: 'must be a string' })
  const text = withoutNul(String(value ?? '')).trim()
  if (text.length > 255) throw new PortalError('argument_wrong', { argument: name, problem: 'must have at most 255 characters' })
  return text
}

function readExtension(text: string): string | null {
  if (text === '') return null
  if (/^[0-9*#]{1,20}$/.test(text)) return text
  throw new PortalError('argument_wrong', { argument: 'UF_PHONE_INNER', problem: 'must be up to 20 digits, * or #' })
}

async function readDepartments(store: Store, portalId: number, sent: Loose): Promise<number[]> {
  if (sent === undefined || sent === null || sent === '') return []
  const values: readonly Loose[] = isMap(sent) ? Object.values(sent) : Array.isArray(sent) ? (sent as readonly Loose[]) : [sent]
  const known = new Set((await departmentsOf(store, portalId)).map((department) => department.id))
  return values.map((value) => {
    const id = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
    if (!known.has(id)) throw new PortalError('user_department', { id: Number.isFinite(id) ? id : 'a value' })
    return id
  })
}

/** The refusals of the own API in the codes of REST (contract 6.3). */
async function asRest<T>(work: Promise<T>, details: { readonly email: string }): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof PortalError)) throw error
    if (error.key === 'user_not_found') throw new PortalError('user_unknown', error.details)
    if (error.key === 'email_taken') throw new PortalError('user_email_taken', details)
    if (error.key === 'extension_taken') throw new PortalError('user_extension_taken', error.details)
    if (error.key === 'last_admin') throw new PortalError('user_last_admin')
    throw error
  }
}
