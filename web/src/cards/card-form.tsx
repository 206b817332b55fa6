import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityCard, EntityInput, EntityKind } from '../api/types.ts'
import { Failure } from '../app/notice.tsx'
import css from './card-form.module.css'
import { CompanyChoice } from './company-choice.tsx'
import { isLeadStatus, isSource, leadStatuses, sources } from './known-values.ts'
import { useSession } from '../app/session.ts'
import { ResponsibleChoice } from './responsible-choice.tsx'
import { ValuesField, type ValueRow } from './values-field.tsx'

interface CardFormProps {
  kind: EntityKind
  card: EntityCard | null
  phone: string
  error: unknown
  isSaving: boolean
  onSave: (input: EntityInput) => void
  onCancel: () => void
}

interface CardValues {
  title: string
  name: string
  secondName: string
  lastName: string
  position: string
  company: { id: number; title: string } | null
  responsible: { id: number; name: string } | null
  statusId: string
  sourceId: string
  comments: string
  phones: ValueRow[]
  emails: ValueRow[]
}

/** Adds or edits. Ctrl+Enter saves, Esc leaves. */
export function CardForm({ kind, card, phone, error, isSaving, onSave, onCancel }: CardFormProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const isPerson = kind !== 'company'
  const form = useForm<CardValues>({
    initialValues: { ...readCard(kind, card, phone), ...(!card && { responsible: { id: user.id, name: user.name } }) },
    validate: {
      name: (value, values) => (kind === 'contact' && !value.trim() && !values.lastName.trim() ? t('form.needName') : null),
      title: (value) => (kind !== 'contact' && !value.trim() ? t('form.needTitle') : null),
    },
  })
  const leave = () => {
    if (!form.isDirty() || window.confirm(t('form.leave'))) onCancel()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.onSubmit((values) => onSave(writeInput(kind, values)))()
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault()
      leave()
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => onSave(writeInput(kind, values)))} noValidate>
      <div role="presentation" className={css.fields} onKeyDown={press}>
        {kind !== 'contact' && <TextInput label={t('form.title')} data-autofocus autoFocus {...form.getInputProps('title')} />}
        {isPerson && (
          <div className={css.pair}>
            <TextInput label={t('form.name')} autoFocus={kind === 'contact'} autoComplete="off" {...form.getInputProps('name')} />
            <TextInput label={t('form.lastName')} autoComplete="off" {...form.getInputProps('lastName')} />
          </div>
        )}
        <ValuesField what="phone" rows={form.values.phones} onChange={(rows) => form.setFieldValue('phones', rows)} />
        <ValuesField what="email" rows={form.values.emails} onChange={(rows) => form.setFieldValue('emails', rows)} />
        {kind === 'contact' && (
          <>
            <CompanyChoice company={form.values.company} onChange={(company) => form.setFieldValue('company', company)} />
            <TextInput label={t('form.position')} autoComplete="off" {...form.getInputProps('position')} />
          </>
        )}
        {kind === 'lead' && (
          <div className={css.pair}>
            <NativeSelect
              label={t('card.status')}
              data={known(leadStatuses, form.values.statusId, (id) => (isLeadStatus(id) ? t(`leadStatus.${id}`) : id))}
              {...form.getInputProps('statusId')}
            />
            <NativeSelect
              label={t('card.source')}
              data={known(['', ...sources], form.values.sourceId, (id) => (isSource(id) ? t(`source.${id}`) : id || '—'))}
              {...form.getInputProps('sourceId')}
            />
          </div>
        )}
        <ResponsibleChoice person={form.values.responsible} onChange={(person) => form.setFieldValue('responsible', person)} />
        <Textarea label={t('form.comments')} autosize minRows={2} maxRows={10} {...form.getInputProps('comments')} />
        {error !== null && error !== undefined && <Failure error={error} />}
        <div className={css.acts}>
          <Button type="submit" loading={isSaving}>
            {t('act.save')}
          </Button>
          <Button variant="default" onClick={leave}>
            {t('act.cancel')}
          </Button>
        </div>
      </div>
    </form>
  )
}

/** The values we know by name, and the present one even when we do not. */
function known(ids: readonly string[], present: string, nameOf: (id: string) => string) {
  return (ids.includes(present) ? ids : [present, ...ids]).map((value) => ({ value, label: nameOf(value) }))
}

/** What the form starts with; `phone` is the number of somebody unknown. */
function readCard(kind: EntityKind, card: EntityCard | null, phone: string): CardValues {
  if (!card) return { ...noValues, phones: [{ value: phone, kind: kind === 'company' ? 'WORK' : 'MOBILE' }] }
  const rowsOf = (values: ValueRow[]): ValueRow[] =>
    values.map(({ id, value, kind: valueKind }) => ({ ...(id === undefined ? {} : { id }), value, kind: valueKind }))
  const { name, secondName, lastName, position, company, responsible, sourceId, comments } = card
  return {
    name,
    secondName,
    lastName,
    position,
    company,
    responsible,
    sourceId,
    comments,
    title: kind === 'contact' ? '' : card.title,
    statusId: card.statusId || 'NEW',
    phones: card.phones.length > 0 ? rowsOf(card.phones) : [{ value: '', kind: 'MOBILE' }],
    emails: rowsOf(card.emails),
  }
}

const noValues: CardValues = {
  title: '',
  name: '',
  secondName: '',
  lastName: '',
  position: '',
  company: null,
  responsible: null,
  statusId: 'NEW',
  sourceId: '',
  comments: '',
  phones: [],
  emails: [],
}

function writeInput(kind: EntityKind, values: CardValues): EntityInput {
  const filled = (rows: ValueRow[]) => rows.map((row) => ({ ...row, value: row.value.trim() })).filter((row) => row.value !== '')
  const input: EntityInput = { comments: values.comments, phones: filled(values.phones), emails: filled(values.emails) }
  if (values.responsible) input.responsibleId = values.responsible.id
  if (kind !== 'contact') input.title = values.title.trim()
  if (kind !== 'company')
    Object.assign(input, { name: values.name.trim(), secondName: values.secondName.trim(), lastName: values.lastName.trim() })
  if (kind === 'contact') Object.assign(input, { position: values.position.trim(), companyId: values.company?.id ?? null })
  if (kind === 'lead') Object.assign(input, { statusId: values.statusId, sourceId: values.sourceId })
  return input
}
