import { Fragment, memo, type ReactNode } from 'react'
import type { LogRow as Row } from '../../src/contracts/launcher/logs.ts'
import type { Times } from '../format/zoned-times.ts'

type LogRowProps = Readonly<{
  line: Row | undefined
  isRaw: boolean
  times: Times
  /** Of the account, where several are shown. */
  color: string | undefined
}>

const LONGEST_SHOWN = 2_000

/** A line as columns; one that is not whole, or not ours, as it stands in the file. */
export const LogRow = memo(function LogRow({ line, isRaw, times, color }: LogRowProps) {
  if (!line) return <div className="logLine" data-waiting />
  const { time, level, event, message, raw, hits, accountId } = line
  const isForeign = time === null || level === null
  const whose = color && (
    <span className="logWhose" style={{ borderColor: color }} title={accountId}>
      {accountId}
    </span>
  )
  if (isRaw || isForeign)
    return (
      <div className="logLine" data-level={level ?? 'none'} data-torn={isForeign || undefined}>
        {whose}
        {isForeign && (
          <span className="logForeign" title="Torn, or written by another program: shown as it stands">
            as is
          </span>
        )}
        <span className="logText">{raw === '' ? ' ' : marked(raw, hits?.raw)}</span>
      </div>
    )
  return (
    <div className="logLine" data-level={level}>
      {whose}
      <span className="logTime" title={`${time} (UTC)`}>
        {times.day(time)} {times.logTime(time)}
      </span>
      <span className="logLevel">{level}</span>
      {event && <span className="logEvent">{event}</span>}
      <span className="logText">{marked(message, hits?.message)}</span>
    </div>
  )
})

/** A text with what was looked for marked in it. */
export function marked(text: string, places: readonly number[] | undefined): ReactNode {
  const shown = text.slice(0, LONGEST_SHOWN)
  if (!places || places.length === 0) return shown
  const parts: ReactNode[] = []
  let done = 0
  for (let at = 0; at + 1 < places.length; at += 2) {
    const [from, to] = [places[at]!, Math.min(places[at + 1]!, shown.length)]
    if (from >= to) break
    parts.push(<Fragment key={`before ${from}`}>{shown.slice(done, from)}</Fragment>)
    parts.push(<mark key={from}>{shown.slice(from, to)}</mark>)
    done = to
  }
  return [...parts, <Fragment key="rest">{shown.slice(done)}</Fragment>]
}
