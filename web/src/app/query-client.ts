import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries.ts'
import { NoAnswer, Refusal } from '../api/request.ts'

/** `onSignedOut` runs when any request but the session's own finds that nobody is signed in any more. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (!(error instanceof Refusal) || error.problem.status !== 401) return
    if (client.getQueryData(sessionQuery.queryKey) === undefined) return
    client.removeQueries({ queryKey: sessionQuery.queryKey })
    onSignedOut()
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: 'always',
        retry: (failures, error) => error instanceof NoAnswer && failures < 2,
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
