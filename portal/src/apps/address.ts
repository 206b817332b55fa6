import { PortalError } from '../errors.ts'

/** An http or https address of at most 2048 characters, or a refusal that names the field. Empty stays empty. */
export function readAddress(field: string, text: string): string {
  const address = text.trim()
  if (address === '') return ''
  const isHttp = address.length <= 2048 && URL.canParse(address) && /^https?:\/\//i.test(address)
  if (!isHttp) throw new PortalError('bad_url', { field })
  return address
}
