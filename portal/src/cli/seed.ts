import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addDemoCompany } from '../crm/seed-data.ts'
import { nameCompany } from '../directory/departments.ts'
import { hashPassword, randomPassword } from '../directory/sign-in.ts'
import type { Portal } from '../portal.ts'

/** The first account's sign-in name on a seeded portal. */
export const adminEmail = 'admin@example.com'

const colleagues = [
  { name: 'Maya', lastName: 'Ellison', email: 'maya@example.com', extension: '102', workPosition: 'Sales' },
  { name: 'Jonas', lastName: 'Reuter', email: 'jonas@example.com', extension: '103', workPosition: 'Sales' },
  { name: 'Ольга', lastName: 'Мельникова', email: 'olga@example.com', extension: '104', workPosition: 'Support' },
]

/** Makes the demo company when nobody is there yet. Answers the admin's password once; null when it was made before. */
export async function seedCompany(portal: Portal): Promise<string | null> {
  const account = await portal.portals.first()
  if (!account || (await portal.users.all(account.id)).length > 0) return null
  const password = randomPassword()
  const passwordHash = await hashPassword(password)
  const lockedHash = await hashPassword(randomPassword())
  await portal.store.transaction(async (tx) => {
    const departmentId = await nameCompany(tx, account.id, 'Demo company')
    const admin = await portal.users.createIn(tx, account.id, {
      name: 'Alex',
      lastName: 'Morgan',
      email: adminEmail,
      passwordHash,
      isAdmin: true,
      extension: '101',
      workPosition: 'Administrator',
      departments: [departmentId],
    })
    const ids = [admin.id]
    for (const colleague of colleagues)
      ids.push((await portal.users.createIn(tx, account.id, { ...colleague, passwordHash: lockedHash, departments: [departmentId] })).id)
    await tx.db.updateTable('portal').set({ title: 'Demo company' }).where('id', '=', account.id).execute()
    await addDemoCompany(tx, {
      entities: portal.entities,
      callLists: portal.callLists,
      by: { portalId: account.id, userId: admin.id },
      responsibleIds: ids,
    })
  })
  return password
}

/** What the demo phone's process is told by a file that only its owner can read (design 11.18). */
interface DemoPhoneFile {
  readonly clientId: string
  readonly clientSecret: string
  readonly portalUrl: string
  readonly line: { readonly number: string; readonly name: string }
}

/** Adds the demo phone as a local app and as the outgoing target, with a callback form that is off, unless it was added before. Answers the path of its file. */
export async function seedDemoPhone(portal: Portal, demoUrl: string): Promise<string> {
  const path = join(portal.config.dataDir, 'demo-phone.json')
  const portalUrl = portal.config.publicUrl
  if (existsSync(path)) {
    const known = JSON.parse(await readFile(path, 'utf8')) as DemoPhoneFile
    await writeOwn(path, { ...known, portalUrl })
    return path
  }
  const account = await portal.portals.first()
  const admin = account && (await portal.users.all(account.id)).find((user) => user.is_admin === 1)
  if (!account || !admin) throw new Error('the demo phone needs an admin: seed the company first')
  const input = { title: 'Demo phone', kind: 'api' as const, installUrl: `${demoUrl}/install`, scope: ['telephony', 'crm', 'user_brief'] }
  const { app, clientSecret } = await portal.registry.add({ portalId: account.id, userId: admin.id }, input)
  await writeOwn(path, { clientId: app.client_id, clientSecret, portalUrl, line: { number: '+12125550100', name: 'Main number' } })
  await portal.targets.setForPortal(account.id, `app:${app.id}`)
  await portal.callbackForms.add(account.id, {
    title: 'Call me back',
    text: 'A visitor of the site asks to be called back.',
    target: `app:${app.id}`,
    userId: admin.id,
  })
  return path
}

async function writeOwn(path: string, file: DemoPhoneFile): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
