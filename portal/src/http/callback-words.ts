import type { ErrorKey } from '../errors.ts'

/** Languages of the visitors' pages. */
export type VisitorLanguage = 'en' | 'ru'

interface Words {
  readonly lead: string
  readonly label: string
  readonly hint: string
  readonly submit: string
  readonly trap: string
  readonly taken: string
  readonly takenText: string
  readonly again: string
  readonly off: string
  readonly preview: string
  readonly open: string
  readonly close: string
  /** what a refusal says in this language; the others are said as the error table says them */
  readonly refusals: Readonly<Partial<Record<ErrorKey, string>>>
}

/** What visitors read; `{name}` is filled from the refusal's details. */
export const visitorWords: Readonly<Record<VisitorLanguage, Words>> = {
  en: {
    lead: 'Leave your number and we call you right away.',
    label: 'Your phone number',
    hint: 'With the country code, such as {code}',
    submit: 'Call me',
    trap: 'Leave this field empty',
    taken: 'We are calling you',
    takenText: 'Please keep your phone {number} at hand.',
    again: 'Use another number',
    off: 'This form is not in use. Please reach us in another way.',
    preview: 'A preview: the form is switched off and takes no requests.',
    open: 'Call me back',
    close: 'Close',
    refusals: {
      number_empty: 'Please enter your phone number.',
      body_too_large: 'That is too much text. Please enter your phone number only.',
    },
  },
  ru: {
    lead: 'Оставьте номер, и мы сразу перезвоним.',
    label: 'Ваш номер телефона',
    hint: 'С кодом страны, например {code}',
    submit: 'Перезвоните мне',
    trap: 'Не заполняйте это поле',
    taken: 'Мы вам звоним',
    takenText: 'Пожалуйста, держите телефон {number} под рукой.',
    again: 'Указать другой номер',
    off: 'Эта форма не используется. Пожалуйста, свяжитесь с нами другим способом.',
    preview: 'Предпросмотр: форма выключена и не принимает запросы.',
    open: 'Заказать звонок',
    close: 'Закрыть',
    refusals: {
      number_empty: 'Пожалуйста, укажите номер телефона.',
      callback_form_off: 'Эта форма не используется. Пожалуйста, свяжитесь с нами другим способом.',
      callback_number: '«{number}» не похоже на полный номер телефона: укажите его с кодом страны.',
      callback_country: 'На номера этой страны мы не звоним. Укажите номер одной из стран: {countries}.',
      callback_limit: 'Слишком много запросов. Попробуйте ещё раз через {minutes} мин.',
      callback_not_ready:
        'Сейчас автоматически перезвонить не получается. Мы записали ваш номер; попробуйте позже или свяжитесь с нами другим способом.',
      callback_trap: 'Оставьте поле, которое не для вас, пустым и отправьте форму ещё раз.',
      callback_origin: 'С сайта {origin} эту форму отправить нельзя. Администратор добавляет сайт в настройках формы.',
      body_too_large: 'Слишком много текста. Укажите только номер телефона.',
      malformed_body: 'Запрос не удалось прочитать. Откройте форму заново и отправьте номер ещё раз.',
    },
  },
}

/** The first language of `Accept-Language` that the pages have, by its weight; else English. */
export function visitorLanguage(accepted: string | undefined): VisitorLanguage {
  const wished = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((one) => {
      const [tag = '', ...parameters] = one.trim().split(';')
      const weight = parameters.map((parameter) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined)
      return { language: tag.toLowerCase().split('-')[0], weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  return wished.find(({ language }) => language === 'ru' || language === 'en')?.language === 'ru' ? 'ru' : 'en'
}
