import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../api/types.ts'
import { en } from './texts/en/index.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

const remembered = 'hookswitch.language'

/** The language before anybody is signed in: the last one used here, else the browser's. */
function firstLanguage(): Language {
  const last = localStorage.getItem(remembered)
  if (last === 'en' || last === 'ru') return last
  return navigator.languages.some((tag) => tag.startsWith('ru')) ? 'ru' : 'en'
}

/** Makes the texts ready in the first language; before the first drawing. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  })
  await showLanguage(firstLanguage())
}

/** English is always there; Russian is fetched when it is first wanted. */
export async function showLanguage(language: Language): Promise<void> {
  if (language === 'ru' && !i18next.hasResourceBundle('ru', 'translation')) {
    const { ru } = await import('./texts/ru/index.ts')
    i18next.addResourceBundle('ru', 'translation', ru)
  }
  localStorage.setItem(remembered, language)
  document.documentElement.lang = language
  if (i18next.language !== language) await i18next.changeLanguage(language)
}
