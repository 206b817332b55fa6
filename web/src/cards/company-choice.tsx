import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { portal } from '../api/portal.ts'

interface Company {
  id: number
  title: string
}

/** Chooses a company by typing a part of its title. */
export function CompanyChoice({ company, onChange }: { company: Company | null; onChange: (company: Company | null) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(company?.title ?? '')
  const [asked] = useDebouncedValue(text.trim(), 200)
  const search = asked === company?.title ? '' : asked
  const { data } = useQuery({
    queryKey: ['rows', 'company', 'choice', search],
    queryFn: () => portal.rows('company', { search }),
    placeholderData: (before) => before,
  })
  const found = data?.items ?? []
  const options = company && !found.some((row) => row.id === company.id) ? [company, ...found] : found
  return (
    <Select
      label={t('form.company')}
      placeholder={t('form.searchCompany')}
      data={options.map((row) => ({ value: String(row.id), label: row.title }))}
      value={company ? String(company.id) : null}
      onChange={(id) => onChange(options.find((row) => String(row.id) === id) ?? null)}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      searchable
      clearable
      nothingFoundMessage={asked ? t('find.nothing', { text: asked }) : t('form.noCompany')}
    />
  )
}
