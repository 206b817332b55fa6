import css from './deliveries.module.css'
import { prettyBody, readFormBody } from './form-body.ts'

/** A request body, key by key when it is a form. */
export function BodyView({ body }: { body: string }) {
  const pairs = readFormBody(body)
  if (!pairs) return <pre className={css.response}>{prettyBody(body)}</pre>
  return (
    <dl className={css.body}>
      {pairs.map((pair, index) => (
        <div key={`${index}${pair.name}`}>
          <dt>{pair.name}</dt>
          <dd>{pair.value === '' ? <span className="faint">""</span> : pair.value}</dd>
        </div>
      ))}
    </dl>
  )
}
