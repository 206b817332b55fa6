/**
 * What the portal refuses, in Russian: by the code of its error table, with the same `{names}` in it. English readers get the portal's own words;
 * what is not found (404) is said by the page.
 */
export const russianRefusals: Readonly<Record<string, string>> = {
  // calls
  number_empty: 'Номер не указан',
  number_letters: '«{number}» — не телефонный номер',
  number_service_code: 'Номера с * и # набираются, только если администратор разрешил сервисные коды в настройках телефонии',
  no_target: 'Не выбрано приложение для исходящих звонков',
  not_installed: 'Установка приложения «{title}» не завершена',
  no_handler: 'Приложение «{title}» не сообщило, куда отправлять звонки',
  handler_disabled: 'Обработчик приложения «{title}» выключен',
  target_unknown: 'Направления {target} для исходящих звонков нет',
  unknown_target: 'Направления {target} для исходящих звонков нет. Обновите страницу',
  own_target_forbidden: 'Администратор не разрешил выбирать своё направление звонков',
  call_list_unknown: 'Обзвона {id} нет',
  entity_unknown: 'Такой карточки нет: {kind} {id}',
  phone_none: 'У приложения, через которое вы звоните, нет телефонов в браузере. Администратор может включить их в его коннекторе',
  phone_no_extension: 'У вас нет добавочного номера. Администратор может задать его: Настройки → Пользователи',
  phone_refused: 'Приложение «{title}» не даёт телефон в браузере: {problem}',
  phone_unreachable: 'Не удалось запросить телефон в браузере у приложения «{title}»: {problem}',
  ring_refused: 'Телефон не зазвонил: {problem}',
  ring_unreachable: 'Не удалось попросить приложение «{title}» позвонить на телефон: {problem}',
  transfer_early: 'Передать можно только разговор: дождитесь ответа собеседника',
  transfer_none: 'Приложение этого звонка не умеет передавать звонки. Возможно, это умеет кнопка на вашем телефоне',
  transfer_refused: 'Звонок не передан: {problem}',
  transfer_unreachable: 'Не удалось попросить приложение «{title}» передать звонок: {problem}',
  // callback forms
  callback_form_incomplete: 'Форму ещё нельзя включить: {missing}',
  callback_voice: 'Голоса {voice} нет. Есть: {known}',
  callback_countries: 'Страны {country} нет: укажите две буквы, например RU',
  callback_site: '«{origin}» — не адрес сайта: укажите протокол и имя, например https://example.com',
  // notes
  note_empty: 'Заметка пуста: сначала напишите что-нибудь',
  note_author: 'Нет пользователя {id}, который мог бы её написать',
  note_access: 'Это написал другой сотрудник: изменить может только он или администратор',
  // deliveries and handlers
  confirm_dial: 'Повторная отправка приведёт к звонку. Подтвердите её',
  confirm_dials: 'Доставок, которые приведут к звонку: {dials}. Исключите их или подтвердите звонки',
  replay_no_handler: 'Обработчика этой доставки нет, или он выключен: сначала подпишите или включите его',
  replay_under_way: 'Эта доставка ещё идёт: дождитесь её окончания',
  replay_changed: 'Таких доставок теперь {count}: посмотрите снова и подтвердите',
  replay_too_many: 'Доставок {count}, за раз отправляется не больше {most}: уточните отбор',
  handler_off: 'Обработчик выключен, или отправить ему нельзя: {problem}',
  // applications and webhooks
  app_without_page: 'У приложения «{title}» нет своей страницы: оно пользуется только API',
  app_not_installed: 'Приложение «{title}» ещё не установлено. Администратор должен открыть его и завершить установку',
  bad_url: '{field}: нужен адрес http или https длиной до 2048 знаков',
  blocked_url:
    '{field}: сюда портал не отправляет: это внутренний или служебный адрес ({problem}). Внутренние адреса разрешает настройка outbound.allowPrivate, служебные адреса облаков не разрешает ничто',
  unknown_scope: 'Права {scope} нет. Есть: {known}',
  unknown_event: 'События {event} нет. Есть: {known}',
  // people and sign-in
  email_taken: 'Адрес {email} уже есть у другого пользователя',
  extension_taken: 'Добавочный номер {extension} занят: {name}',
  last_admin: 'Это последний действующий администратор: сначала назначьте другого',
  sign_in_refused: 'Неверный адрес электронной почты или пароль',
  sign_in_throttled: 'Слишком много неудачных попыток: повторите через {retryAfterSeconds} с',
  not_signed_in: 'Сначала войдите',
  admin_only: 'Это могут делать только администраторы',
  foreign_origin:
    'Отказано: запрос пришёл со страницы другого адреса ({origin}). Откройте портал по его собственному адресу или укажите в publicUrl тот, которым пользуетесь',
  invalid_input: 'Проверьте, что введено: {problem}',
  // the portal itself
  storage_full: 'На диске портала нет места, ничего не записано: освободите место в его папке данных',
  storage_down: 'База данных портала недоступна ({problem}). Повторите через несколько секунд: то, что выполнялось, могло быть сделано',
  internal: 'Внутренняя ошибка портала. Причина записана в его журнале под номером {ref}',
}
