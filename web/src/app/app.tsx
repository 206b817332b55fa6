import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { createQueryClient } from './query-client.ts'
import { createWebRouter } from './router.tsx'
import { cssVariables, theme } from './theme.ts'

/** The whole web: looks, queries, routes. */
export function App() {
  const [{ queryClient, router }] = useState(() => {
    const client = createQueryClient(
      () => void createdRouter.navigate({ to: '/sign-in', search: { next: createdRouter.state.location.href } }),
    )
    const createdRouter = createWebRouter(client)
    return { queryClient: client, router: createdRouter }
  })
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="top-right" limit={3} autoClose={4000} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
