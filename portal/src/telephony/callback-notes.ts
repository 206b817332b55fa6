import type { CallbackOutcome } from '../store/tables.ts'
import { problemAdvice, reasonText } from './sentences.ts'
import { callbackAsked } from './events.ts'
import type { TargetProblem } from './targets.ts'

/** What a note to the responsible user is made of. */
export interface NoteFacts {
  readonly language: string
  readonly formTitle: string
  readonly number: string
  readonly outcome: CallbackOutcome
  /** of the delivery or of the target; or the words of the app */
  readonly reason: string | null
  readonly targetTitle: string
  readonly traceUrl: string
}

/** The note that a visitor waits although the phone app may not call; in the reader's language, with the address of the trace. */
export function noteOf(facts: NoteFacts): string {
  const { language, formTitle, number, outcome, reason, targetTitle, traceUrl } = facts
  const isRussian = language === 'ru'
  const what =
    outcome === 'unconfirmed'
      ? isRussian
        ? `Посетитель просит перезвонить: ${number} (форма «${formTitle}»). Неизвестно, приняло ли запрос телефонное приложение. Если звонка не будет, перезвоните сами.`
        : `A visitor asked to be called back: ${number} (form “${formTitle}”). It is not known whether the phone app took the request. If it does not call, call the visitor yourself.`
      : isRussian
        ? `Посетитель просит перезвонить: ${number} (форма «${formTitle}»). Телефонное приложение не приняло запрос. Перезвоните сами.`
        : `A visitor asked to be called back: ${number} (form “${formTitle}”). The phone app did not take the request. Call the visitor yourself.`
  return [what, whyOf({ isRussian, outcome, reason, targetTitle }), traceUrl].filter(Boolean).join('\n')
}

const russianProblems: Readonly<Record<TargetProblem, string>> = {
  no_target: 'в форме не выбрано, куда идут запросы (Настройки → Обратный звонок)',
  not_installed: 'установка приложения не завершена (Настройки → Приложения)',
  no_handler: `приложение не подписано на ${callbackAsked.name}`,
  handler_disabled: 'обработчик приложения выключен (Настройки → Приложения)',
}

/** In Russian a delivery's reason is said by the trace page, which has the words. */
function whyOf({
  isRussian,
  outcome,
  reason,
  targetTitle,
}: Pick<NoteFacts, 'outcome' | 'reason' | 'targetTitle'> & { readonly isRussian: boolean }): string {
  if (reason === null) return ''
  const problem = outcome === 'skipped' ? (reason as TargetProblem) : null
  if (isRussian) return problem === null ? '' : `Причина: ${russianProblems[problem]}`
  return `Why: ${problem === null ? reasonText(reason) : problemAdvice(problem, targetTitle, callbackAsked.name)}`
}
