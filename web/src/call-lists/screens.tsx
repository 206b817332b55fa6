export { CallListsScreen } from './call-lists-screen.tsx'
export { CallListScreen } from './call-list-screen.tsx'
