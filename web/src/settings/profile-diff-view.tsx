import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Handler, ProfileDiff } from '../api/types.ts'
import css from './compatibility.module.css'

/** What is compared. */
export interface DiffChoice {
  first: Handler['profile']
  second: Handler['profile']
  event: string
}

interface ProfileDiffViewProps {
  profiles: readonly Handler['profile'][]
  events: readonly string[]
  choice: DiffChoice
  /** null: not there yet */
  lines: ProfileDiff['lines'] | null
  onChoose: (choice: DiffChoice) => void
}

/** The bodies of an event in two wire profiles; what differs has a sign before it and is said in words to those who do not see it. */
export function ProfileDiffView({ profiles, events, choice, lines, onChoose }: ProfileDiffViewProps) {
  const { t } = useTranslation()
  const names = profiles.map((name) => ({ value: name, label: name }))
  const changed = lines?.filter(({ sign }) => sign !== ' ').length ?? 0
  return (
    <>
      <h3>{t('compat.diffTitle')}</h3>
      <div className={css.choice}>
        <NativeSelect
          label={t('compat.first')}
          description={t(`compat.profileAbout.${choice.first}`)}
          inputWrapperOrder={['label', 'input', 'description']}
          value={choice.first}
          data={names}
          onChange={(event) => onChoose({ ...choice, first: event.currentTarget.value as DiffChoice['first'] })}
        />
        <NativeSelect
          label={t('compat.second')}
          description={t(`compat.profileAbout.${choice.second}`)}
          inputWrapperOrder={['label', 'input', 'description']}
          value={choice.second}
          data={names}
          onChange={(event) => onChoose({ ...choice, second: event.currentTarget.value as DiffChoice['second'] })}
        />
        <NativeSelect
          label={t('compat.event')}
          value={choice.event}
          data={[...events]}
          onChange={(event) => onChoose({ ...choice, event: event.currentTarget.value })}
        />
      </div>
      {lines && (
        <>
          <p className="quiet" role="status">
            {changed === 0 ? t('compat.same') : t('compat.differ', { count: changed })}
          </p>
          <ol className={css.lines} aria-label={t('compat.lines')}>
            {lines.map((line, index) => (
              <li key={`${index}${line.text}`} data-sign={line.sign.trim() || undefined}>
                <span className={css.sign} aria-hidden>
                  {line.sign === '-' ? '−' : line.sign}
                </span>
                <span className={css.line}>{line.text}</span>
                {line.sign !== ' ' && (
                  <span className={css.where}>
                    {line.sign === '-'
                      ? t('compat.onlyFirst', { profile: choice.first })
                      : t('compat.onlySecond', { profile: choice.second })}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  )
}
