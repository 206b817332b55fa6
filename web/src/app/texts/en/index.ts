import { bell } from './bell.ts'
import { callbackForms } from './callback-forms.ts'
import { calls } from './calls.ts'
import { cards } from './cards.ts'
import { compatibility } from './compatibility.ts'
import { data } from './data.ts'
import { deliveries } from './deliveries.ts'
import { applications } from './applications.ts'
import { handlers } from './handlers.ts'
import { phone } from './phone.ts'
import { setUp } from './set-up.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'

/** All English texts; their shape is the type of every key. */
export const en = {
  ...shell,
  ...callbackForms,
  ...calls,
  ...cards,
  ...phone,
  ...settings,
  ...setUp,
  ...applications,
  ...data,
  ...deliveries,
  ...bell,
  ...compatibility,
  ...handlers,
}
