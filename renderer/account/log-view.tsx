import { Button, Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { LogLine } from '../../src/contracts/launcher/logs.ts'
import { logTime } from '../format/times.ts'
import { Icon } from '../page/icon.tsx'

type LogViewProps = Readonly<{
  label: string
  lines: readonly LogLine[]
  isRaw: boolean
  isFollowing: boolean
  onFollowing: (isFollowing: boolean) => void
}>

const LINE_HEIGHT = 20
/** As near to the end as this counts as being there, pixels. */
const NEAR_END = LINE_HEIGHT

/** The lines of a log, of which only the visible ones are in the document. */
export function LogView({ label, lines, isRaw, isFollowing, onFollowing }: LogViewProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const lastTop = useRef(0)
  // oxlint-disable-next-line react/incompatible-library -- we do not use the React Compiler
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: (index) => lines[index]?.offset ?? index,
    // Keeps what is being read in place while older lines are dropped above it.
    anchorTo: 'end',
    scrollEndThreshold: NEAR_END,
  })
  const newest = lines.at(-1)?.offset
  const height = rows.scrollRect?.height
  useEffect(() => {
    if (isFollowing) rows.scrollToEnd()
  }, [rows, isFollowing, newest, isRaw, height])

  // Only a person scrolls up; whoever does wants to read, and whoever comes back to the end wants to follow.
  const onScroll = ({ currentTarget: box }: React.UIEvent<HTMLDivElement>) => {
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_END
    const isUpward = box.scrollTop < lastTop.current - 1
    lastTop.current = box.scrollTop
    if (isAtEnd !== isFollowing && (isAtEnd || isUpward)) onFollowing(isAtEnd)
  }

  return (
    <div className="logFrame">
      <div ref={scroller} className="log" tabIndex={0} role="region" aria-label={label} onScroll={onScroll}>
        <div className="logLines" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className="logPlace"
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line line={lines[index]!} isRaw={isRaw} />
            </div>
          ))}
        </div>
      </div>
      {!isFollowing && (
        <Button
          className="logToEnd"
          size="compact-sm"
          leftSection={<Icon name="down" size={12} />}
          onClick={() => onFollowing(true)}
        >
          To the newest line
        </Button>
      )}
    </div>
  )
}

/** A line as columns; one that is not whole, or not ours, as it stands in the file. */
function Line({ line, isRaw }: { line: LogLine; isRaw: boolean }) {
  const { time, level, event, message, raw } = line
  if (isRaw || time === null || level === null)
    return (
      <div className="logLine" data-level={level ?? 'none'} data-raw data-torn={level === null || undefined}>
        {raw}
      </div>
    )
  return (
    <div className="logLine" data-level={level}>
      <Text span inherit c="dimmed" title={time}>
        {logTime(time)}
      </Text>{' '}
      <span className="logLevel">{level.padEnd(5)}</span>{' '}
      {event && (
        <Text span inherit c="dimmed">
          {event}{' '}
        </Text>
      )}
      <span>{message}</span>
    </div>
  )
}
