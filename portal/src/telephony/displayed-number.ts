import { readPhone } from '../crm/phones.ts'
import type { Row } from '../store/tables.ts'

/** The number of a call as people in the portal's country write it, with its extension. */
export function displayOf({ number, extension }: Pick<Row<'call'>, 'number' | 'extension'>, country: string): string {
  return readPhone(extension === '' ? number : `${number} ext. ${extension}`, { country }).display
}
