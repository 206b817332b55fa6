import { expect, test, vi } from 'vitest'
import { pathInPortal } from './frame-paths.ts'

vi.stubGlobal('window', { location: { origin: 'https://crm.example' } })

test('paths that apps know lead to our cards, with the detours that the SDK writes', () => {
  expect(pathInPortal('/crm/contact/details/5/')).toBe('/contacts/5')
  expect(pathInPortal('/workgroups/group/0/card/../../../../crm/company/details/7/?IFRAME=Y')).toBe('/companies/7')
  expect(pathInPortal('/crm/lead/show/3')).toBe('/leads/3')
  expect(pathInPortal('/crm/contact/')).toBe('/contacts')
  expect(pathInPortal('/contacts/5?tab=1')).toBe('/contacts/5?tab=1')
  expect(pathInPortal('/company/personal/user/1/')).toBeNull()
  expect(pathInPortal('/crm/deal/details/5/')).toBeNull()
  for (const foreign of [
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'contacts',
    '',
    '/oauth/authorize/?client_id=x',
    '/rest/',
  ])
    expect([foreign, pathInPortal(foreign)]).toEqual([foreign, null])
})
