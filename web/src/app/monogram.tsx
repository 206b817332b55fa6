import css from './monogram.module.css'

/** The first letters of a name, for the eye only. */
export function Monogram({ name, size = 28, isSquare = false }: { name: string; size?: number; isSquare?: boolean }) {
  const words = name.split(/[\s"«»„“().,-]+/).filter((word) => /\p{L}|\d/u.test(word))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => Array.from(word ?? '')[0] ?? '').join('')
  return (
    <span
      className={css.monogram}
      data-square={isSquare || undefined}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.4) }}
      aria-hidden
    >
      {letters.toLocaleUpperCase()}
    </span>
  )
}
