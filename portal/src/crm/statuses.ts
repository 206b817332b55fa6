import { callListStatuses } from './call-lists.ts'

const directories = {
  SOURCE: [
    ['CALL', 'Call', 'Звонок'],
    ['CALLBACK', 'Callback', 'Обратный звонок'],
    ['EMAIL', 'E-mail', 'Электронная почта'],
    ['WEB', 'Website', 'Веб-сайт'],
    ['ADVERTISING', 'Advertising', 'Реклама'],
    ['PARTNER', 'Existing client', 'Существующий клиент'],
    ['TRADE_SHOW', 'Trade show', 'Выставка'],
    ['RECOMMENDATION', 'Recommendation', 'По рекомендации'],
    ['OTHER', 'Other', 'Другое'],
  ],
  STATUS: [
    ['NEW', 'New', 'Новый'],
    ['IN_PROCESS', 'In progress', 'В работе'],
    ['CONVERTED', 'Converted', 'Качественный лид'],
    ['JUNK', 'Junk', 'Некачественный лид'],
  ],
  DEAL_STAGE: [
    ['NEW', 'New', 'Новая'],
    ['EXECUTING', 'In progress', 'В работе'],
    ['WON', 'Won', 'Успешная'],
    ['LOSE', 'Lost', 'Проиграна'],
  ],
  CALL_LIST: callListStatuses.map((one) => [one.statusId, one.name.en, one.name.ru] as const),
} as const

/** Rows of `crm.status.list`: the values that sources, stages and call lists can have. They cannot be edited. */
export function crmStatuses(language: string): Record<string, string>[] {
  const rows: Record<string, string>[] = []
  for (const [directory, values] of Object.entries(directories)) {
    for (const [index, [statusId, english, russian]] of values.entries()) {
      const name = language === 'ru' ? russian : english
      rows.push({
        ID: String(rows.length + 1),
        ENTITY_ID: directory,
        STATUS_ID: statusId,
        NAME: name,
        NAME_INIT: name,
        SORT: String((index + 1) * 10),
        SYSTEM: 'Y',
      })
    }
  }
  return rows
}
