import { describe, expect, it } from 'vitest'
import { maskPath, readRestPath } from './rest.ts'

describe('a path below /rest', () => {
  it.each([
    ['/rest/crm.contact.get', { kind: 'method', name: 'crm.contact.get', webhook: null }],
    ['/rest//CRM.Contact.Get.json', { kind: 'method', name: 'crm.contact.get', webhook: null }],
    ['//rest/1/abc//user.get/', { kind: 'method', name: 'user.get', webhook: { userId: 1, token: 'abc' } }],
    ['/rest/1/abc', { kind: 'method', name: '', webhook: { userId: 1, token: 'abc' } }],
    ['/rest/a/b/c', { kind: 'method', name: 'a/b/c', webhook: null }],
    ['/rest/%E0%A4%A', { kind: 'method', name: '%e0%a4%a', webhook: null }],
    ['/rest//oauth/token/', { kind: 'token' }],
    ['/rest/upload.json', { kind: 'upload' }],
    ['/rest/api/1/abc/x.y', { kind: 'v3', path: 'x.y' }],
    ['/rest/api/x.y', { kind: 'v3', path: 'x.y' }],
    ['/rest/api/1/abc', { kind: 'v3', path: '' }],
  ])('%s is read as %j', (path, expected) => {
    expect(readRestPath(path)).toEqual(expected)
  })

  it('stands in the log without the secret of its webhook', () => {
    expect(maskPath('/rest/1/secret/user.get')).toBe('/rest/1/***/user.get')
    expect(maskPath('//rest//rest/12//secret/user.get.json')).toBe('//rest//rest/12//***/user.get.json')
    expect(maskPath('/rest/user.get')).toBe('/rest/user.get')
  })
})
