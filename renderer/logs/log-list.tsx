import { useEffect, useImperativeHandle, type ReactNode, type Ref } from 'react'
import { ROW_HEIGHT, rowsInSight, topToShow } from './list-scroll.ts'
import { useListScroll } from './use-list-scroll.ts'

export type LogListHandle = Readonly<{
  focus: () => void
  /** Brings a row into sight. */
  show: (row: number, where: 'near' | 'middle') => void
  /** Rows that fit. */
  pageRows: () => number
  firstInSight: () => number
}>

type LogListProps = Readonly<{
  label: string
  total: number
  /** First and last of the chosen rows. */
  chosen: readonly [number, number] | undefined
  /** The one the keyboard is at. */
  active: number | undefined
  isFollowing: boolean
  onFollowing: (isFollowing: boolean) => void
  /** These rows are in sight. */
  onShow: (first: number, last: number) => void
  onKeyDown: (event: React.KeyboardEvent) => void
  onChoose: (row: number, isFurther: boolean) => void
  onOpen: (row: number) => void
  row: (row: number) => ReactNode
  ref?: Ref<LogListHandle>
}>

/**
 * A list of any number of rows, of which only those in sight are in the document.
 *
 * Written by hand, because all rows are of one height: a measuring list keeps a number for each, which for five million
 * rows is 120 MB and a pause at every new line. Beyond the tallest element a browser can lay out, the scroll bar moves on
 * a smaller scale, while the wheel and the keyboard go on moving by rows.
 */
export function LogList({ ref, label, total, chosen, active, isFollowing, row: show, ...on }: LogListProps) {
  const { onFollowing, onShow, onChoose, onOpen, onKeyDown } = on
  const { scroller, height, tall, top, shift, moveTo, topNow, onScroll } = useListScroll({
    total,
    isFollowing,
    onFollowing,
  })
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    show: (wanted, where) => moveTo(topToShow(wanted, topNow(), height, where)),
    pageRows: () => Math.max(1, Math.floor(height / ROW_HEIGHT) - 1),
    firstInSight: () => Math.ceil(topNow() / ROW_HEIGHT),
  }))

  const { first, last } = rowsInSight(top, height, total)
  useEffect(() => onShow(first, last), [first, last, onShow, total])

  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  const isActiveThere = active !== undefined && active >= first && active <= last
  return (
    <div
      ref={scroller}
      className="logList"
      tabIndex={0}
      role="listbox"
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={isActiveThere ? `log-row-${active}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="logSpace" style={{ height: tall }}>
        <div
          role="presentation"
          className="logRows"
          style={{ transform: `translateY(${first * ROW_HEIGHT + shift}px)` }}
        >
          {rows.map((row) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the list has the keys
            <div
              key={row}
              id={`log-row-${row}`}
              role="option"
              aria-selected={chosen !== undefined && row >= chosen[0] && row <= chosen[1]}
              aria-posinset={row + 1}
              aria-setsize={total}
              className="logPlace"
              data-active={row === active || undefined}
              onClick={(event) => onChoose(row, event.shiftKey)}
              onDoubleClick={() => onOpen(row)}
            >
              {show(row)}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
