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

/** Contract 7.4. Local apps have no versions, so nothing raises it yet; it can be bound. */
export const appUpdated = event<{ version: number; previousVersion: number; language: string }>({
  name: 'ONAPPUPDATE',
  scope: null,
  about: 'The app was updated.',
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
