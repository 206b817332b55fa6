import { Checkbox, HoverCard } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { collectionOf } from '../api/portal.ts'
import type { EntityKind, EntityRow } from '../api/types.ts'
import { Monogram } from '../app/monogram.tsx'
import table from '../app/table.module.css'
import { Moment } from '../app/time.tsx'
import { PhoneChip } from '../calls/phone-chip.tsx'
import css from './rows-table.module.css'

interface RowsTableProps {
  kind: EntityKind
  rows: EntityRow[]
  selected: ReadonlySet<number>
  /** shows the boxes to tick at once */
  isPicking: boolean
  /** null where nothing can be done with a selection */
  onSelect: ((ids: ReadonlySet<number>) => void) | null
  onOpen: (row: EntityRow) => void
}

/** The rows of a list; a number calls, the row opens the card. */
export function RowsTable({ kind, rows, selected, isPicking, onSelect, onOpen }: RowsTableProps) {
  const { t } = useTranslation()
  const toggle = (id: number) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect?.(next)
  }
  const areAll = rows.every((row) => selected.has(row.id))
  return (
    <table className={`${table.table} ${css.rows}`} data-selecting={isPicking || selected.size > 0 || undefined}>
      <thead>
        <tr>
          {onSelect && (
            <th className={css.tick}>
              <Checkbox
                size="xs"
                aria-label={t('rows.selectAll')}
                checked={areAll}
                indeterminate={selected.size > 0 && !areAll}
                onChange={() => onSelect(new Set(areAll ? [] : rows.map((row) => row.id)))}
              />
            </th>
          )}
          <th>{t('rows.name')}</th>
          <th>{t('rows.phone')}</th>
          <th className={table.wide}>{t('rows.email')}</th>
          <th className={table.wide}>{t('rows.responsible')}</th>
          <th className={`${table.wide} ${table.end}`}>{t('rows.changed')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            data-row
            onClick={(event) => isPlainPress(event) && onOpen(row)}
            data-selected={selected.has(row.id) || undefined}
          >
            {onSelect && (
              <td className={css.tick} onClick={(event) => event.stopPropagation()}>
                <Checkbox
                  size="xs"
                  aria-label={t('rows.select', { name: row.title })}
                  checked={selected.has(row.id)}
                  onChange={() => toggle(row.id)}
                />
              </td>
            )}
            <td className={css.nameCell}>
              <div className={css.name}>
                <Monogram name={row.title} isSquare={kind === 'company'} />
                <div className={css.words}>
                  <Link to={`/${collectionOf[kind]}/$id`} params={{ id: String(row.id) }} className={css.title}>
                    {row.title}
                  </Link>
                  {row.subtitle && <span className={css.subtitle}>{row.subtitle}</span>}
                </div>
              </div>
            </td>
            <td className={css.phoneCell}>
              <Phones row={row} />
            </td>
            <td className={table.wide}>
              <span className={`${css.email} one-line`}>{row.emails[0]?.value}</span>
            </td>
            <td className={`${table.wide} quiet`}>{row.responsible?.name}</td>
            <td className={`${table.wide} ${table.end} quiet`}>
              <Moment at={row.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The first number; the others on hover or focus of their count. */
function Phones({ row }: { row: EntityRow }) {
  const { t } = useTranslation()
  const [first, ...others] = row.phones
  const entity = { kind: row.kind, id: row.id, title: row.title }
  if (!first) return <span className="faint">{t('rows.noPhone')}</span>
  return (
    <div className={css.phones}>
      <PhoneChip number={first.value} display={first.display} entity={entity} />
      {others.length > 0 && (
        <HoverCard position="bottom-start" openDelay={80} shadow="md">
          <HoverCard.Target>
            <button
              type="button"
              className={css.more}
              aria-label={t('rows.morePhones', { count: others.length })}
              onClick={(event) => event.stopPropagation()}
            >
              +{others.length}
            </button>
          </HoverCard.Target>
          <HoverCard.Dropdown p={8} onClick={(event) => event.stopPropagation()}>
            <div className={css.others}>
              {others.map((phone) => (
                <PhoneChip key={phone.id} number={phone.value} display={phone.display} entity={entity} />
              ))}
            </div>
          </HoverCard.Dropdown>
        </HoverCard>
      )}
    </div>
  )
}

/** A press on the row itself, not on something in it, and not the end of selecting text. */
function isPlainPress(event: MouseEvent<HTMLElement>): boolean {
  if (event.target instanceof Element && event.target.closest('a, button, input, label')) return false
  return !window.getSelection()?.toString()
}
