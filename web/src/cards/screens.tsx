import { useParams, useSearch } from '@tanstack/react-router'
import { CardScreen } from './card-screen.tsx'
import { NewCardScreen } from './new-card-screen.tsx'
import { RowsScreen } from './rows-screen.tsx'

/** The routes of the three kinds; the screens are the same. */
export function ContactsScreen() {
  const { search = '', pick = false } = useSearch({ from: '/home/contacts' })
  return <RowsScreen key="contact" kind="contact" search={search} isPicking={pick} />
}
/** `/companies`. */
export function CompaniesScreen() {
  const { search = '', pick = false } = useSearch({ from: '/home/companies' })
  return <RowsScreen key="company" kind="company" search={search} isPicking={pick} />
}
/** `/leads`. */
export function LeadsScreen() {
  return <RowsScreen key="lead" kind="lead" search={useSearch({ from: '/home/leads' }).search ?? ''} />
}
/** `/contacts/$id`. */
export function ContactScreen() {
  const id = Number(useParams({ from: '/home/contacts/$id' }).id)
  return <CardScreen key={id} kind="contact" id={id} />
}
/** `/companies/$id`. */
export function CompanyScreen() {
  const id = Number(useParams({ from: '/home/companies/$id' }).id)
  return <CardScreen key={id} kind="company" id={id} />
}
/** `/leads/$id`. */
export function LeadScreen() {
  const id = Number(useParams({ from: '/home/leads/$id' }).id)
  return <CardScreen key={id} kind="lead" id={id} />
}
/** `/contacts/new?phone=`. */
export function NewContactScreen() {
  return <NewCardScreen key="contact" kind="contact" phone={useSearch({ from: '/home/contacts/new' }).phone ?? ''} />
}
/** `/companies/new`. */
export function NewCompanyScreen() {
  return <NewCardScreen key="company" kind="company" phone="" />
}
/** `/leads/new`. */
export function NewLeadScreen() {
  return <NewCardScreen key="lead" kind="lead" phone="" />
}
