import { useSuspenseQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries.ts'
import type { Session } from '../api/types.ts'

/** The signed-in person and the company; only below the route that made sure somebody is signed in. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data
}
