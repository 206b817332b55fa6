import { Type } from 'typebox'
import { hashPassword, randomPassword } from '../../directory/sign-in.ts'
import type { UserInput, Users } from '../../directory/users.ts'
import { PortalError } from '../../errors.ts'
import type { Row } from '../../store/tables.ts'
import { readId } from './path-id.ts'
import { ApiAnswer, route, type Route } from './route.ts'
import { Page, User } from './schemas.ts'

const Nullable = Type.Union([Type.String({ maxLength: 200 }), Type.Null()])
const changes = {
  name: Type.Optional(Type.String({ maxLength: 100 })),
  lastName: Type.Optional(Type.String({ maxLength: 100 })),
  isAdmin: Type.Optional(Type.Boolean()),
  isActive: Type.Optional(Type.Boolean()),
  extension: Type.Optional(Type.Union([Type.String({ maxLength: 20, pattern: '^[0-9*#]*$' }), Type.Null()])),
  target: Type.Optional(Nullable),
  workPosition: Type.Optional(Type.String({ maxLength: 255 })),
  password: Type.Optional(Type.String({ minLength: 8, maxLength: 1000 })),
}
const Email = Type.String({ maxLength: 200, pattern: '^[^@\\s]+@[^@\\s]+$' })
/** `password` is answered once, when none was given and one was made. */
const Added = Type.Intersect([User, Type.Object({ password: Type.Optional(Type.String()) })])

/** What the rows of users need. */
export interface UserApiParts {
  readonly users: Users
  /** is there such an outgoing target? */
  readonly isTarget: (portalId: number, target: string) => Promise<boolean>
}

function present(user: Row<'user'>) {
  return {
    id: user.id,
    name: user.name,
    lastName: user.last_name,
    email: user.email,
    isAdmin: user.is_admin === 1,
    isActive: user.is_active === 1,
    extension: user.extension,
    target: user.target,
    workPosition: user.work_position,
  }
}

/** `/users` (admins write). */
export function userRoutes({ users, isTarget }: UserApiParts): Route[] {
  const readInput = async (portalId: number, { password, ...input }: UserInput & { password?: string }): Promise<UserInput> => {
    if (input.target && !(await isTarget(portalId, input.target))) throw new PortalError('unknown_target', { target: input.target })
    return { ...input, ...(password !== undefined && { passwordHash: await hashPassword(password) }) }
  }
  return [
    route({
      method: 'GET',
      path: '/users',
      about: 'Users, by id.',
      access: 'user',
      query: Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })), cursor: Type.Optional(Type.String({ maxLength: 20 })) }),
      answers: { 200: Page(User) },
      async run({ caller, query }) {
        const cursor = query.cursor ? Number(query.cursor) : 0
        if (!Number.isSafeInteger(cursor)) throw new PortalError('bad_cursor')
        const page = await users.page({ portalId: caller.portalId, search: query.search ?? '', cursor })
        return { items: page.rows.map(present), nextCursor: page.next === null ? null : String(page.next), total: page.total }
      },
    }),
    route({
      method: 'POST',
      path: '/users',
      about: 'Adds a user. Without a password one is made and answered this once.',
      access: 'admin',
      body: Type.Object({ ...changes, email: Email }),
      answers: { 201: Added },
      async run({ caller, body }) {
        const made = body.password === undefined ? randomPassword() : null
        const input = await readInput(caller.portalId, body as UserInput)
        const user = await users.create(caller.portalId, {
          ...input,
          email: body.email,
          passwordHash: input.passwordHash ?? (await hashPassword(made ?? '')),
        })
        return new ApiAnswer(201, { ...present(user), ...(made !== null && { password: made }) })
      },
    }),
    route({
      method: 'PATCH',
      path: '/users/:id',
      about: 'Changes a user; who is deactivated is signed out.',
      access: 'admin',
      body: Type.Object({ ...changes, email: Type.Optional(Email) }),
      answers: { 200: User },
      async run({ caller, params, body }) {
        return present(
          await users.change(caller.portalId, readId(params['id'], 'user_not_found'), await readInput(caller.portalId, body as UserInput)),
        )
      },
    }),
  ]
}
