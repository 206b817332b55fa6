import { event } from '../events/event.ts'

/** Contract 7.4. Sent to the installation path when a local app is saved, and to handlers when an installation was finished. */
export const appInstalled = event<{ version: number; installed: boolean; language: string }>({
  name: 'ONAPPINSTALL',
  scope: null,
  about: 'The app was installed.',
  deliveryClass: 'notice',
  data: ({ version, installed, language }) => ({
    VERSION: String(version),
    ACTIVE: 'Y',
    INSTALLED: installed ? 'Y' : 'N',
    LANGUAGE_ID: language,
  }),
})

/** Contract 7.4: an administrator wrote another version of the app. It brings a new application token. */
export const appUpdated = event<{ version: number; previousVersion: number; language: string }>({
  name: 'ONAPPUPDATE',
  scope: null,
  about: 'An administrator set another version of the app. `auth` holds a new application_token, which all later events carry.',
  deliveryClass: 'notice',
  data: ({ version, previousVersion, language }) => ({
    VERSION: String(version),
    PREVIOUS_VERSION: String(previousVersion),
    LANGUAGE_ID: language,
  }),
})

/** Contract 7.4: goes out without tokens, `application_token` is the only proof. */
export const appUninstalled = event<{ clean: boolean; language: string }>({
  name: 'ONAPPUNINSTALL',
  scope: null,
  about: 'The app was uninstalled.',
  deliveryClass: 'notice',
  data: ({ clean, language }) => ({ LANGUAGE_ID: language, CLEAN: clean ? '1' : '0' }),
})

/** Contract 7.4. Apps are not paid for here, so nothing raises it; an installer that binds it is not refused. */
export const appPaid = event<{ code: string; version: number; paymentExpired: boolean; days: number; language: string }>({
  name: 'ONAPPPAYMENT',
  scope: null,
  about: 'The app was paid for. Nothing is paid for here: it can be bound and is never said.',
  deliveryClass: 'notice',
  data: ({ code, version, paymentExpired, days, language }) => ({
    CODE: code,
    VERSION: String(version),
    STATUS: 'L',
    PAYMENT_EXPIRED: paymentExpired ? 'Y' : 'N',
    DAYS: String(days),
    LANGUAGE_ID: language,
  }),
})

/** Contract 4.9, 7.4. No method waits for an administrator's confirmation here, so nothing raises it. */
export const appMethodConfirmed = event<{ token: string; method: string; confirmed: boolean; language: string }>({
  name: 'ONAPPMETHODCONFIRM',
  scope: null,
  about: 'An administrator decided about a method. No method needs that here: it can be bound and is never said.',
  deliveryClass: 'notice',
  data: ({ token, method, confirmed, language }) => ({
    TOKEN: token,
    METHOD: method,
    CONFIRMED: confirmed ? '1' : '0',
    LANGUAGE_ID: language,
  }),
})
