import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { sessionQuery } from '../api/queries.ts'
import { Refusal } from '../api/request.ts'
import { readDeliveriesSearch } from '../deliveries/deliveries-search.ts'
import { BrokenPage, NoPage, OpeningPage } from './edge-pages.tsx'
import { Shell } from './shell.tsx'
import { showLanguage } from './texts.ts'

/** Above all pages. */
export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet, notFoundComponent: NoPage })

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search['next'] === 'string' ? { next: search['next'] } : {},
  component: lazyRouteComponent(() => import('../sign-in/sign-in-screen.tsx'), 'SignInScreen'),
})

/** Everything below needs somebody signed in; the language is theirs. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'home',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.queryClient.query({ ...sessionQuery, staleTime: 'static' })
      await showLanguage(session.user.language)
    } catch (error) {
      if (error instanceof Refusal && error.problem.status === 401) throw redirect({ to: '/sign-in', search: { next: location.href } })
      throw error
    }
  },
})

const indexRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/contacts' })
  },
})

interface NewCardSearch {
  phone?: string
}
const phoneOf = (search: Record<string, unknown>): NewCardSearch => {
  const { phone } = search
  return typeof phone === 'string' || typeof phone === 'number' ? { phone: String(phone) } : {}
}
const searchOf = (search: Record<string, unknown>): { search?: string } => {
  const text = search['search']
  return typeof text === 'string' || typeof text === 'number' ? { search: String(text) } : {}
}
/** `pick`: the person came to choose who shall be called in turn */
const pickOf = (search: Record<string, unknown>): { search?: string; pick?: true } => {
  return { ...searchOf(search), ...(search['pick'] === true && { pick: true as const }) }
}

const cardScreens = () => import('../cards/screens.tsx')
const contactsRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/contacts',
  validateSearch: pickOf,
  component: lazyRouteComponent(cardScreens, 'ContactsScreen'),
})
const contactRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/contacts/$id',
  component: lazyRouteComponent(cardScreens, 'ContactScreen'),
})
const newContactRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/contacts/new',
  validateSearch: phoneOf,
  component: lazyRouteComponent(cardScreens, 'NewContactScreen'),
})
const companiesRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/companies',
  validateSearch: pickOf,
  component: lazyRouteComponent(cardScreens, 'CompaniesScreen'),
})
const companyRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/companies/$id',
  component: lazyRouteComponent(cardScreens, 'CompanyScreen'),
})
const newCompanyRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/companies/new',
  component: lazyRouteComponent(cardScreens, 'NewCompanyScreen'),
})
const leadsRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/leads',
  validateSearch: searchOf,
  component: lazyRouteComponent(cardScreens, 'LeadsScreen'),
})
const leadRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/leads/$id',
  component: lazyRouteComponent(cardScreens, 'LeadScreen'),
})
const newLeadRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/leads/new',
  component: lazyRouteComponent(cardScreens, 'NewLeadScreen'),
})

const listScreens = () => import('../call-lists/screens.tsx')
const callListsRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/call-lists',
  component: lazyRouteComponent(listScreens, 'CallListsScreen'),
})
const callListRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/call-lists/$id',
  component: lazyRouteComponent(listScreens, 'CallListScreen'),
})

const callsRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/calls',
  component: lazyRouteComponent(() => import('../statistics/calls-screen.tsx'), 'CallsScreen'),
})
const appPageRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/calls/pages/$id',
  component: lazyRouteComponent(() => import('../statistics/app-page-screen.tsx'), 'AppPageScreen'),
})
const callRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/calls/$callId',
  component: lazyRouteComponent(() => import('../statistics/call-screen.tsx'), 'CallScreen'),
})
const dialRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/dial',
  validateSearch: (search: Record<string, unknown>): { number?: string; asked?: 'app' } => ({
    ...(typeof search['number'] === 'string' || typeof search['number'] === 'number' ? { number: String(search['number']) } : {}),
    ...(search['asked'] === 'app' ? { asked: 'app' as const } : {}),
  }),
  component: lazyRouteComponent(() => import('../calls/dial-route.tsx'), 'DialRoute'),
})
const appRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/apps/$id',
  component: lazyRouteComponent(() => import('../applications/frame-screen.tsx'), 'FrameScreen'),
})

const deliveriesRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/deliveries',
  validateSearch: readDeliveriesSearch,
  component: lazyRouteComponent(() => import('../deliveries/deliveries-screen.tsx'), 'DeliveriesScreen'),
})
const deliveryRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/deliveries/$id',
  component: lazyRouteComponent(() => import('../deliveries/delivery-screen.tsx'), 'DeliveryScreen'),
})
const traceRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/traces/$id',
  component: lazyRouteComponent(() => import('../deliveries/trace-screen.tsx'), 'TraceScreen'),
})

const settingsRoute = createRoute({
  getParentRoute: () => homeRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/settings-frame.tsx'), 'SettingsFrame'),
})
const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/telephony' })
  },
})
const telephonyRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/telephony',
  component: lazyRouteComponent(() => import('../settings/telephony-screen.tsx'), 'TelephonyScreen'),
})
const setUpRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/set-up',
  validateSearch: (search: Record<string, unknown>): { app?: number } => {
    const app = Number(search['app'])
    return Number.isSafeInteger(app) && app > 0 ? { app } : {}
  },
  component: lazyRouteComponent(() => import('../set-up/set-up-route.tsx'), 'SetUpRoute'),
})
const usersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/users',
  component: lazyRouteComponent(() => import('../settings/users-screen.tsx'), 'UsersScreen'),
})
const webhooksRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../settings/webhooks-screen.tsx'), 'WebhooksScreen'),
})
const compatibilityRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/compatibility',
  component: lazyRouteComponent(() => import('../settings/compatibility-screen.tsx'), 'CompatibilityScreen'),
})
const dataRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/data',
  component: lazyRouteComponent(() => import('../settings/data-screen.tsx'), 'DataScreen'),
})
const callbackFormsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/callback-forms',
  component: lazyRouteComponent(() => import('../callback-forms/callback-forms-screen.tsx'), 'CallbackFormsScreen'),
})
const callbackFormRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/callback-forms/$id',
  component: lazyRouteComponent(() => import('../callback-forms/callback-form-screen.tsx'), 'CallbackFormScreen'),
})
const applicationsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/applications',
  component: lazyRouteComponent(() => import('../applications/applications-screen.tsx'), 'ApplicationsScreen'),
})
const applicationRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/applications/$id',
  component: lazyRouteComponent(() => import('../applications/application-screen.tsx'), 'ApplicationScreen'),
})

const handlersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/handlers',
  component: lazyRouteComponent(() => import('../handlers/handlers-screen.tsx'), 'HandlersScreen'),
})
const handlerRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/handlers/$id',
  component: lazyRouteComponent(() => import('../handlers/handler-screen.tsx'), 'HandlerScreen'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  homeRoute.addChildren([
    indexRoute,
    contactsRoute,
    newContactRoute,
    contactRoute,
    companiesRoute,
    newCompanyRoute,
    companyRoute,
    leadsRoute,
    newLeadRoute,
    leadRoute,
    callListsRoute,
    callListRoute,
    callsRoute,
    appPageRoute,
    callRoute,
    dialRoute,
    appRoute,
    deliveriesRoute,
    deliveryRoute,
    traceRoute,
    settingsRoute.addChildren([
      settingsIndexRoute,
      telephonyRoute,
      setUpRoute,
      usersRoute,
      webhooksRoute,
      compatibilityRoute,
      dataRoute,
      callbackFormsRoute,
      callbackFormRoute,
      applicationsRoute,
      applicationRoute,
      handlersRoute,
      handlerRoute,
    ]),
  ]),
])

/** The routes with what they need. */
export function createWebRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: OpeningPage,
    defaultErrorComponent: BrokenPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createWebRouter>
  }
}
