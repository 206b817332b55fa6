import { createContext, use } from 'react'
import type { User } from '../api/types.ts'

/** Dialogs of the portal that pages of apps ask for. */
export interface FrameDialogs {
  selectUsers: (isMultiple: boolean) => Promise<unknown>
  /** one colleague; null: the person chose nobody */
  selectColleague: () => Promise<User | null>
  selectCrm: (wish: { kinds: string[]; isMultiple: boolean }) => Promise<unknown>
  /** `blocked`: ids that may not be chosen */
  selectAccess: (blocked: string[]) => Promise<unknown>
  openApplication: (appId: number, options: Record<string, unknown>) => Promise<void>
  extensionOf: (userId: number) => Promise<string | null>
}

/** Who shows the dialogs; `FrameDialogsProvider` gives it. */
export const FrameDialogsContext = createContext<FrameDialogs | null>(null)

/** The dialogs, for a page of an app. */
export function useFrameDialogs(): FrameDialogs {
  const dialogs = use(FrameDialogsContext)
  if (!dialogs) throw new Error('useFrameDialogs needs a FrameDialogsProvider above it')
  return dialogs
}
