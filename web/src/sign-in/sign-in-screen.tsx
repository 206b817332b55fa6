import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import { sessionQuery } from '../api/queries.ts'
import { Refusal } from '../api/request.ts'
import { Mark } from '../app/mark.tsx'
import { useFailureText } from '../app/notice.tsx'
import { nextPlaceOf } from './next-place.ts'
import css from './sign-in.module.css'

/** `/sign-in?next=`. */
export function SignInScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { next } = useSearch({ from: '/sign-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => portal.signIn(email.trim(), password),
    onSuccess: async (session) => {
      queryClient.clear()
      queryClient.setQueryData(sessionQuery.queryKey, session)
      const place = nextPlaceOf(next)
      if (place.isOfWeb) await navigate({ href: place.path })
      else window.location.assign(place.path)
    },
    onError: () => setPassword(''),
  })
  useEffect(() => {
    document.title = `${t('signIn.title')} · Hookswitch`
  }, [t])
  return (
    <main className={css.page}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <div className={css.brand}>
          <Mark size={44} />
          <h1>Hookswitch</h1>
          <p className="quiet">{t('signIn.foot')}</p>
        </div>
        <TextInput
          label={t('signIn.email')}
          name="email"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          label={t('signIn.password')}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        {signIn.isError && <SignInFailure error={signIn.error} />}
        <Button type="submit" fullWidth h={40} loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
        <div className={css.help}>
          <p>{t('signIn.first')}</p>
          <p>
            {t('signIn.forgot')} <code className="code">npm run hookswitch -- reset-password {email.trim() || 'EMAIL'}</code>
          </p>
        </div>
      </form>
    </main>
  )
}

function SignInFailure({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const text = useFailureText(error)
  const code = error instanceof Refusal ? error.problem.code : ''
  const seconds = error instanceof Refusal ? Number(error.problem['retryAfter'] ?? 60) : 60
  const words =
    code === 'sign_in_refused' ? t('signIn.refused') : code === 'sign_in_throttled' ? t('signIn.throttled', { count: seconds }) : text
  return (
    <p className={css.failure} role="alert">
      <IconAlertTriangle size={16} stroke={1.8} aria-hidden /> {words}
    </p>
  )
}
