import { expect, test } from 'vitest'
import { nextPlaceOf } from './next-place.ts'

test('after signing in one comes back to the page one wanted', () => {
  expect(nextPlaceOf('/contacts/4?x=1')).toEqual({ path: '/contacts/4?x=1', isOfWeb: true })
})

test('an authorisation goes on at the portal, not in the web', () => {
  expect(nextPlaceOf('/oauth/authorize/?client_id=local.1')).toEqual({ path: '/oauth/authorize/?client_id=local.1', isOfWeb: false })
})

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  '/sign-in?next=/sign-in',
  undefined,
])('%s leads to the contacts instead', (next) => {
  expect(nextPlaceOf(next)).toEqual({ path: '/contacts', isOfWeb: true })
})
