import { Button, MultiSelect, NativeSelect, NumberInput, TagsInput, Textarea, TextInput, type NativeSelectProps } from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { CallbackForm, CallbackFormInput, CallbackForms, Target, User } from '../api/types.ts'
import { Failure, Notice } from '../app/notice.tsx'
import { en } from '../app/texts/en/index.ts'
import { ToggleRow } from '../app/toggle-row.tsx'
import { countryOptions } from '../settings/countries.ts'
import css from './callback-forms.module.css'

interface EditorProps {
  form: CallbackForm
  targets: Target[]
  voices: CallbackForms['voices']
  users: User[]
  isSaving: boolean
  error: unknown
  onSave: (input: CallbackFormInput) => void
}

type Values = ReturnType<typeof readForm>

/** The settings of one form. */
export function CallbackFormEditor({ form: saved, targets, voices, users, isSaving, error, onSave }: EditorProps) {
  const { t } = useTranslation()
  const form = useForm({
    initialValues: readForm(saved),
    validate: {
      title: (value) => (value.trim() ? null : t('form.needTitle')),
      countries: (value) => (value.length > 0 ? null : t('callbackForms.needCountry')),
    },
  })
  const submit = form.onSubmit(
    ({ target, userId, ...values }) => onSave({ ...values, target: target || null, userId: Number(userId) }),
    // what is wrong may stand above what is seen
    (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus(),
  )
  return (
    <form className={css.editor} onSubmit={submit} noValidate>
      <ToggleRow
        label={t('callbackForms.enabled')}
        text={t('callbackForms.enabledText')}
        checked={form.values.enabled}
        onChange={(enabled) => form.setFieldValue('enabled', enabled)}
      />
      <TextInput
        label={t('callbackForms.name')}
        description={t('callbackForms.nameText')}
        maxLength={100}
        {...form.getInputProps('title')}
      />
      <Receiver form={form} targets={targets} users={users} saved={saved} />
      <Textarea
        label={t('callbackForms.text')}
        description={t('callbackForms.textText')}
        maxLength={500}
        autosize
        minRows={2}
        {...form.getInputProps('text')}
      />
      <NativeSelect
        label={t('callbackForms.voice')}
        data={voices.map((voice) => ({ value: voice.id, label: isVoice(voice.id) ? t(`callbackForms.voices.${voice.id}`) : voice.name }))}
        {...form.getInputProps('voice')}
      />
      <Limits form={form} />
      <ToggleRow
        label={t('callbackForms.createLead')}
        checked={form.values.createLead}
        onChange={(createLead) => form.setFieldValue('createLead', createLead)}
      />
      <ToggleRow
        label={t('callbackForms.withTokens')}
        text={t('callbackForms.withTokensText')}
        checked={form.values.withTokens}
        onChange={(withTokens) => form.setFieldValue('withTokens', withTokens)}
      />
      {error !== null && <Failure error={error} />}
      <div className={css.acts}>
        <Button type="submit" loading={isSaving}>
          {t('act.save')}
        </Button>
      </div>
    </form>
  )
}

type Voice = keyof (typeof en)['callbackForms']['voices']
const isVoice = (id: string): id is Voice => Object.hasOwn(en.callbackForms.voices, id)

const hintBelow: Pick<NativeSelectProps, 'inputWrapperOrder'> = { inputWrapperOrder: ['label', 'input', 'description', 'error'] }

type FormOf = UseFormReturnType<Values>

function Receiver({ form, targets, users, saved }: { form: FormOf; targets: Target[]; users: User[]; saved: CallbackForm }) {
  const { t } = useTranslation()
  const chosen = targets.find((target) => target.id === form.values.target)
  const people = users
    .filter((user) => user.isActive)
    .map((user) => ({ value: String(user.id), label: `${user.name} ${user.lastName}`.trim() }))
  const isListed = people.some((person) => person.value === String(saved.userId))
  return (
    <>
      <div className={css.pair}>
        <NativeSelect
          {...hintBelow}
          label={t('callbackForms.target')}
          description={t('callbackForms.targetText')}
          data={[
            { value: '', label: t('callbackForms.targetNone') },
            ...targets.map(({ id, title, ready }) => ({
              value: id,
              label: ready ? title : `${title} (${t('callbackForms.targetNotReady')})`,
            })),
          ]}
          {...form.getInputProps('target')}
        />
        <NativeSelect
          {...hintBelow}
          label={t('callbackForms.user')}
          description={t('callbackForms.userText')}
          data={isListed ? people : [{ value: String(saved.userId), label: saved.userName }, ...people]}
          {...form.getInputProps('userId')}
        />
      </div>
      {chosen?.problem && (
        <Notice kind="caution">
          {isKnown(chosen.problem.code) ? t(`callbackForms.problem.${chosen.problem.code}`, { target: chosen.title }) : chosen.problem.text}
        </Notice>
      )}
    </>
  )
}

const problems = ['not_installed', 'no_handler', 'handler_disabled'] as const
const isKnown = (code: string): code is (typeof problems)[number] => (problems as readonly string[]).includes(code)

function Limits({ form }: { form: FormOf }) {
  const { t, i18n } = useTranslation()
  const countries = [
    ...new Map(
      form.values.countries
        .concat('US')
        .flatMap((code) => countryOptions(i18n.language, code))
        .map((one) => [one.value, one]),
    ).values(),
  ]
  return (
    <>
      <MultiSelect
        label={t('callbackForms.countries')}
        description={t('callbackForms.countriesText')}
        data={countries}
        searchable
        {...form.getInputProps('countries')}
      />
      <TagsInput
        label={t('callbackForms.origins')}
        description={t('callbackForms.originsText')}
        placeholder={form.values.origins.length === 0 ? 'https://' : ''}
        acceptValueOnBlur
        {...form.getInputProps('origins')}
      />
      {(['perAddress', 'perNumber'] as const).map((name) => (
        <fieldset key={name} className={css.limits}>
          <legend>{t(`callbackForms.${name}`)}</legend>
          <div className={css.pair}>
            <NumberInput label={t('callbackForms.hour')} min={1} max={1000} allowDecimal={false} {...form.getInputProps(`${name}.hour`)} />
            <NumberInput label={t('callbackForms.day')} min={1} max={10000} allowDecimal={false} {...form.getInputProps(`${name}.day`)} />
          </div>
        </fieldset>
      ))}
    </>
  )
}

function readForm(form: CallbackForm) {
  const { title, text, voice, countries, origins, perAddress, perNumber, createLead, withTokens, enabled } = form
  const rest = { title, text, voice, countries, origins, perAddress, perNumber, createLead, withTokens, enabled }
  return { ...rest, target: form.target ?? '', userId: String(form.userId) }
}
