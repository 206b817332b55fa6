import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { collectionOf, portal } from '../api/portal.ts'
import { cardQuery } from '../api/queries.ts'
import type { EntityInput, EntityKind } from '../api/types.ts'
import { PageHead } from '../app/page-head.tsx'
import { CardForm } from './card-form.tsx'

/** Adds a contact, company or lead; `phone` is the number of a call with somebody unknown. */
export function NewCardScreen({ kind, phone }: { kind: EntityKind; phone: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const list = `/${collectionOf[kind]}` as const
  const add = useMutation({
    mutationFn: (input: EntityInput) => portal.addCard(kind, input),
    onSuccess: async (card) => {
      queryClient.setQueryData(cardQuery(kind, card.id).queryKey, card)
      void queryClient.invalidateQueries({ queryKey: ['rows', kind] })
      await navigate({ to: `${list}/$id`, params: { id: String(card.id) }, replace: true })
    },
  })
  return (
    <>
      <PageHead title={t(`kind.${kind}.add`)} back={{ to: list, label: t(`kind.${kind}.many`) }} />
      <div style={{ maxWidth: 440 }}>
        <CardForm
          kind={kind}
          card={null}
          phone={phone}
          error={add.error}
          isSaving={add.isPending}
          onSave={(input) => add.mutate(input)}
          onCancel={() => void navigate({ to: list })}
        />
      </div>
    </>
  )
}
