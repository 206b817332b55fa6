import { Button, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { App, AppInput } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import { isWebAddress, knownScopes } from '../settings/known-names.ts'
import css from './applications.module.css'

interface ApplicationFormProps {
  app: App | null
  error: unknown
  isSaving: boolean
  onSave: (input: AppInput) => void
  onCancel: () => void
}

const kinds = ['api', 'ui'] as const
const mostVersion = 1_000_000

const unknownEntities: Readonly<Record<string, '' | 'LEAD' | null>> = { portal: null, '': '', LEAD: 'LEAD' }

/** Adds or edits an application; the kind is chosen once. */
export function ApplicationForm({ app, error, isSaving, onSave, onCancel }: ApplicationFormProps) {
  const { t } = useTranslation()
  const form = useForm({
    initialValues: {
      title: app?.title ?? '',
      kind: app?.kind ?? 'api',
      url: app?.url ?? '',
      installUrl: app?.installUrl ?? '',
      scope: app?.scope ?? ['telephony', 'crm', 'user'],
      version: (app?.version ?? 1) as number | string,
      unknownEntity: app?.unknownEntity ?? null,
    },
    validate: {
      title: (value) => (value.trim() ? null : t('apps.needName')),
      url: (value, values) => ((value.trim() === '' ? values.kind === 'ui' : !isWebAddress(value.trim())) ? t('apps.needUrl') : null),
      installUrl: (value) => (value.trim() !== '' && !isWebAddress(value.trim()) ? t('apps.needUrl') : null),
      scope: (value) => (value.length > 0 ? null : t('apps.needScope')),
      version: (value) => (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostVersion ? null : t('apps.needVersion')),
    },
  })
  const isUi = form.values.kind === 'ui'
  return (
    <form
      className={css.form}
      noValidate
      onSubmit={form.onSubmit((values) =>
        onSave({
          ...values,
          title: values.title.trim(),
          url: values.url.trim(),
          installUrl: values.installUrl.trim(),
          version: Number(values.version),
        }),
      )}
    >
      <TextInput label={t('apps.name')} maxLength={100} data-autofocus {...form.getInputProps('title')} />
      {!app && (
        <div className={css.kinds}>
          {kinds.map((kind) => (
            <label key={kind} className={css.kind}>
              <input type="radio" name="kind" checked={form.values.kind === kind} onChange={() => form.setFieldValue('kind', kind)} />
              <span className={css.kindTitle}>{t(`apps.kind.${kind}`)}</span>
              <span className="faint">{t(`apps.kindText.${kind}`)}</span>
            </label>
          ))}
        </div>
      )}
      <TextInput
        label={t(isUi ? 'apps.urlUi' : 'apps.urlApi')}
        description={t(isUi ? 'apps.urlUiText' : 'apps.urlApiText')}
        type="url"
        placeholder="https://"
        {...form.getInputProps('url')}
      />
      <TextInput
        label={t(isUi ? 'apps.installUrlUi' : 'apps.installUrlApi')}
        description={t(isUi ? 'apps.installUrlUiText' : 'apps.installUrlApiText')}
        type="url"
        placeholder="https://"
        {...form.getInputProps('installUrl')}
      />
      <TagsInput
        label={t('apps.scope')}
        description={t(app ? 'apps.scopeEditText' : 'apps.scopeText')}
        data={[...knownScopes]}
        {...form.getInputProps('scope')}
      />
      {app && (
        <>
          <NumberInput
            label={t('apps.version')}
            description={t('apps.versionText')}
            min={1}
            max={mostVersion}
            allowDecimal={false}
            {...form.getInputProps('version')}
          />
          <NativeSelect
            label={t('apps.unknownEntity')}
            value={form.values.unknownEntity ?? 'portal'}
            onChange={(event) => form.setFieldValue('unknownEntity', unknownEntities[event.currentTarget.value] ?? null)}
            data={[
              { value: 'portal', label: t('apps.unknownEntityPortal') },
              { value: '', label: t('apps.unknownEntityEmpty') },
              { value: 'LEAD', label: t('apps.unknownEntityLead') },
            ]}
          />
        </>
      )}
      {error !== null && error !== undefined && <Failure error={error} />}
      <div className={css.acts}>
        <Button variant="default" onClick={onCancel}>
          {t('act.cancel')}
        </Button>
        <Button type="submit" loading={isSaving}>
          {t('act.save')}
        </Button>
      </div>
    </form>
  )
}
