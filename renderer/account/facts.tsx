import type { ReactNode } from 'react'

/** Names and what they are, one a line. */
export function Facts({
  rows,
}: {
  rows: readonly (readonly [name: string, value: ReactNode, title?: string | undefined])[]
}) {
  return (
    <dl className="facts">
      {rows.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
