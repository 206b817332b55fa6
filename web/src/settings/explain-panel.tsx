import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconCircleCheck, IconPhoneOff } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { usersQuery } from '../api/queries.ts'
import type { Explanation } from '../api/types.ts'
import { Failure, Notice, Waiting } from '../app/notice.tsx'
import { useSession } from '../app/session.ts'
import { isOwnCode } from '../calls/refusal-notice.tsx'
import css from './settings.module.css'

/** What a press on a number would do, told without doing it. */
export function ExplainPanel() {
  const { t } = useTranslation()
  const { user } = useSession()
  const [number, setNumber] = useState('')
  const [userId, setUserId] = useState(user.id)
  const [asked, setAsked] = useState<{ number: string; userId: number; time: number } | null>(null)
  const users = useInfiniteQuery({ ...usersQuery(''), enabled: user.isAdmin })
  const explanation = useQuery({
    queryKey: ['explain', asked?.userId, asked?.number, asked?.time],
    queryFn: () => portal.explain(asked?.number ?? '', asked?.userId ?? null),
    enabled: asked !== null,
    staleTime: 0,
  })
  const people = users.data?.pages.flatMap((page) => page.items).filter((person) => person.isActive) ?? []
  return (
    <section className={css.block} aria-labelledby="explain-title">
      <div>
        <h2 id="explain-title">{t('explain.title')}</h2>
        <p className="quiet">{t('explain.text')}</p>
      </div>
      <form
        className={css.explain}
        onSubmit={(event) => {
          event.preventDefault()
          if (number.trim()) setAsked({ number: number.trim(), userId, time: (asked?.time ?? 0) + 1 })
        }}
      >
        <TextInput
          label={t('explain.number')}
          type="tel"
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          placeholder={t('dialer.placeholder')}
          autoComplete="off"
        />
        {people.length > 0 && (
          <NativeSelect
            label={t('explain.user')}
            value={String(userId)}
            onChange={(event) => setUserId(Number(event.currentTarget.value))}
            data={people.map((person) => ({ value: String(person.id), label: [person.name, person.lastName].filter(Boolean).join(' ') }))}
          />
        )}
        <Button type="submit" variant="default" disabled={!number.trim()}>
          {t('explain.act')}
        </Button>
      </form>
      {asked && explanation.isPending && <Waiting text={t('explain.waiting')} />}
      {explanation.isError && <Failure error={explanation.error} />}
      {explanation.data && asked && <ExplanationView explanation={explanation.data} />}
    </section>
  )
}

function ExplanationView({ explanation }: { explanation: Explanation }) {
  const { t, i18n } = useTranslation()
  const { verdict, target, handlers } = explanation
  const isPortals = i18n.language === 'en'
  const reason = isPortals ? verdict.text : isOwnCode(verdict.code) ? t(`call.refusal.${verdict.code}`) : verdict.ok ? '' : verdict.text
  return (
    <div className={css.verdict} role="status">
      <div className={css.verdictLine} data-ok={verdict.ok}>
        {verdict.ok ? <IconCircleCheck size={20} stroke={1.8} aria-hidden /> : <IconPhoneOff size={20} stroke={1.8} aria-hidden />}
        <div>
          {t(verdict.ok ? 'explain.yes' : 'explain.no')} {reason}
        </div>
      </div>
      {verdict.adminText && (
        <p>
          <span className="faint">{t('explain.forAdmin')}:</span> {verdict.adminText}
        </p>
      )}
      <dl className={css.pairs}>
        <dt>{t('explain.typed')}</dt>
        <dd>{explanation.number}</dd>
        <dt>{t('explain.sent')}</dt>
        <dd>{explanation.phoneNumber || '–'}</dd>
        <dt>{t('explain.international')}</dt>
        <dd>{explanation.international || '–'}</dd>
        {explanation.extension && (
          <>
            <dt>{t('explain.extension')}</dt>
            <dd>{explanation.extension}</dd>
          </>
        )}
        <dt>{t('explain.target')}</dt>
        <dd>{target ? `${target.title}, ${t(target.from === 'user' ? 'explain.fromUser' : 'explain.fromPortal')}` : '–'}</dd>
        <dt>{t('explain.handlers')}</dt>
        <dd>
          {handlers.length === 0 && t('explain.noHandlers')}
          {handlers.map((handler) => (
            <div key={handler.id}>
              <span className="code">{handler.url}</span>{' '}
              <span className="faint">{t('explain.profile', { profile: handler.profile })}</span>
            </div>
          ))}
        </dd>
      </dl>
      {explanation.warnings.map((warning) => (
        <Notice key={warning} kind="caution">
          {warning}
        </Notice>
      ))}
    </div>
  )
}
