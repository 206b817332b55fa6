import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import { portal } from '../api/portal.ts'
import type { EntityKind, EntityRow, User } from '../api/types.ts'
import { FrameDialogsContext, type FrameDialogs } from './dialog-wishes.ts'
import type { SelectedAccess } from './select-access.tsx'
import { selectedCrm, selectedUser } from './frame-selections.ts'

const SelectUsers = lazy(() => import('./select-users.tsx').then((module) => ({ default: module.SelectUsers })))
const SelectCards = lazy(() => import('./select-cards.tsx').then((module) => ({ default: module.SelectCards })))
const SelectAccess = lazy(() => import('./select-access.tsx').then((module) => ({ default: module.SelectAccess })))
const AppSlider = lazy(() => import('./app-slider.tsx').then((module) => ({ default: module.AppSlider })))

type Asked =
  | { kind: 'users'; isMultiple: boolean; settle: (users: User[]) => void }
  | { kind: 'cards'; kinds: EntityKind[]; isMultiple: boolean; settle: (rows: EntityRow[]) => void }
  | { kind: 'access'; blocked: string[]; settle: (chosen: SelectedAccess[]) => void }
  | { kind: 'app'; appId: number; options: Record<string, unknown>; settle: () => void }

const everyKind: EntityKind[] = ['lead', 'contact', 'company']

/** Shows one dialog at a time; a page that asks while another one is open gets the answer of a person who cancels. */
export function FrameDialogsProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const dialogs = useMemo<FrameDialogs>(() => {
    const open = (next: Asked, cancel: () => void): void => setAsked((now) => (now ? (cancel(), now) : next))
    const users = (isMultiple: boolean) => new Promise<User[]>((settle) => open({ kind: 'users', isMultiple, settle }, () => settle([])))
    return {
      async selectUsers(isMultiple) {
        const chosen = (await users(isMultiple)).map(selectedUser)
        return isMultiple ? chosen : (chosen[0] ?? null)
      },
      selectColleague: async () => (await users(false))[0] ?? null,
      async selectCrm({ kinds, isMultiple }) {
        const known = everyKind.filter((kind) => kinds.includes(kind))
        const wanted = kinds.length === 0 ? everyKind : known
        // deals and quotes have no cards here
        if (wanted.length === 0) return {}
        return selectedCrm(
          await new Promise<EntityRow[]>((settle) => open({ kind: 'cards', kinds: wanted, isMultiple, settle }, () => settle([]))),
        )
      },
      selectAccess: (blocked) => new Promise<SelectedAccess[]>((settle) => open({ kind: 'access', blocked, settle }, () => settle([]))),
      openApplication: (appId, options) => new Promise((settle) => open({ kind: 'app', appId, options, settle }, settle)),
      async extensionOf(userId) {
        for (let cursor: string | null = null; ;) {
          const page: Awaited<ReturnType<typeof portal.users>> = await portal.users({ cursor })
          const found = page.items.find((user) => user.id === userId)
          cursor = page.nextCursor
          if (found || cursor === null) return found?.extension ?? null
        }
      },
    }
  }, [])
  const done = (settle: () => void): void => {
    setAsked(null)
    settle()
  }
  return (
    <FrameDialogsContext value={dialogs}>
      {children}
      <Suspense>
        {asked?.kind === 'users' && <SelectUsers isMultiple={asked.isMultiple} onDone={(users) => done(() => asked.settle(users))} />}
        {asked?.kind === 'cards' && (
          <SelectCards kinds={asked.kinds} isMultiple={asked.isMultiple} onDone={(rows) => done(() => asked.settle(rows))} />
        )}
        {asked?.kind === 'access' && <SelectAccess blocked={asked.blocked} onDone={(chosen) => done(() => asked.settle(chosen))} />}
        {asked?.kind === 'app' && <AppSlider appId={asked.appId} options={asked.options} onClose={() => done(asked.settle)} />}
      </Suspense>
    </FrameDialogsContext>
  )
}
