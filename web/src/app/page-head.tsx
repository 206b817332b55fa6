import { IconArrowLeft } from '@tabler/icons-react'
import { Link, type LinkProps } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import css from './page-head.module.css'

interface PageHeadProps {
  title: string
  /** a quiet word after the title, such as a count */
  note?: ReactNode
  below?: ReactNode
  back?: { to: LinkProps['to']; label: string }
  children?: ReactNode
}

/** Title of the page at the left, what one can do with it at the right. */
export function PageHead({ title, note, below, back, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Hookswitch`
  }, [title])
  return (
    <header className={css.head}>
      <div className={css.words}>
        {back && (
          <Link {...(back.to ? { to: back.to } : {})} className={css.back}>
            <IconArrowLeft size={14} stroke={2} aria-hidden /> {back.label}
          </Link>
        )}
        <h1 className={css.title}>
          {title}
          {note !== undefined && note !== null && <span className={css.note}>{note}</span>}
        </h1>
        {below && <div className={css.below}>{below}</div>}
      </div>
      {children && <div className={css.actions}>{children}</div>}
    </header>
  )
}
