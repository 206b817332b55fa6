import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'
import type { Target, User, UserInput } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { ToggleRow } from '../app/toggle-row.tsx'
import { SecretOnce } from './secret-once.tsx'
import css from './settings.module.css'

interface UserFormProps {
  user: User | null
  targets: Target[]
  isSelf: boolean
  onClose: () => void
}

const shortestPassword = 8

/** Adds or edits an employee. Nobody can take the administrator's right from oneself here. */
export function UserForm({ user, targets, isSelf, onClose }: UserFormProps) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: readUser(user),
    validate: {
      name: (value, values) => (value.trim() || values.lastName.trim() ? null : t('users.needName')),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t('users.needEmail')),
      password: (value) => (value !== '' && value.length < shortestPassword ? t('users.needPassword') : null),
    },
  })
  const save = useMutation({
    mutationFn: (input: UserInput): Promise<User & { password?: string }> =>
      user ? portal.changeUser(user.id, input) : portal.addUser(input),
    onSuccess: async (saved) => {
      notifications.show({ message: t('settings.saved') })
      await Promise.all([queryClient.invalidateQueries({ queryKey: ['users'] }), queryClient.invalidateQueries({ queryKey: ['session'] })])
      if (!saved.password) onClose()
    },
  })
  const made = save.data?.password
  const submit = form.onSubmit(({ password, ...values }) =>
    save.mutate({
      name: values.name.trim(),
      lastName: values.lastName.trim(),
      email: values.email.trim(),
      workPosition: values.workPosition.trim(),
      extension: values.extension.trim() || null,
      target: values.target || null,
      isAdmin: values.isAdmin,
      ...(user ? { isActive: values.isActive } : {}),
      ...(password ? { password } : {}),
    }),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(user ? 'users.editTitle' : 'users.addTitle')}
      size={480}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      {made ? (
        <SecretOnce
          title={t('users.onceTitle')}
          text={t('users.onceText', { email: save.data?.email ?? '' })}
          value={made}
          onDone={onClose}
        />
      ) : (
        <form className={css.form} onSubmit={submit} noValidate>
          <div className={css.pair}>
            <TextInput label={t('users.name')} autoComplete="off" data-autofocus {...form.getInputProps('name')} />
            <TextInput label={t('users.lastName')} autoComplete="off" {...form.getInputProps('lastName')} />
          </div>
          <div className={css.pair}>
            <TextInput
              label={t('users.extension')}
              description={t('users.extensionText')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              inputMode="tel"
              autoComplete="off"
              {...form.getInputProps('extension')}
            />
            <TextInput label={t('users.position')} autoComplete="off" {...form.getInputProps('workPosition')} />
          </div>
          <TextInput label={t('users.email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
          {targets.length > 0 && (
            <NativeSelect
              label={t('users.target')}
              data={[
                { value: '', label: t('users.targetDefault') },
                ...targets.map((target) => ({ value: target.id, label: target.title })),
              ]}
              {...form.getInputProps('target')}
            />
          )}
          <TextInput
            label={t('users.password')}
            description={user ? t('users.passwordKeep') : t('users.passwordText')}
            autoComplete="new-password"
            spellCheck={false}
            {...form.getInputProps('password')}
          />
          <ToggleRow
            label={t('users.admin')}
            text={t('users.adminText')}
            checked={form.values.isAdmin}
            disabled={isSelf}
            onChange={(isAdmin) => form.setFieldValue('isAdmin', isAdmin)}
          />
          {user && (
            <ToggleRow
              label={t('users.active')}
              checked={form.values.isActive}
              disabled={isSelf}
              onChange={(isActive) => form.setFieldValue('isActive', isActive)}
            />
          )}
          {save.isError && <Failure error={save.error} />}
          <div className={css.acts}>
            <Button variant="default" onClick={onClose}>
              {t('act.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('act.save')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

function readUser(user: User | null) {
  return {
    name: user?.name ?? '',
    lastName: user?.lastName ?? '',
    email: user?.email ?? '',
    extension: user?.extension ?? '',
    workPosition: user?.workPosition ?? '',
    target: user?.target ?? '',
    isAdmin: user?.isAdmin ?? false,
    isActive: user?.isActive ?? true,
    password: '',
  }
}
