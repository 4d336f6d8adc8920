import { notifications } from '@mantine/notifications'
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import type { LogRow } from '../../src/contracts/launcher/logs.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LogFind } from './log-choice.ts'
import type { LogListHandle } from './log-list.tsx'
import type { LogRows, LogRowsState } from './log-rows.ts'

type Chosen = Readonly<{ anchor: number; head: number }>

/** Lines that can be copied at once. */
const MOST_COPIED = 5_000

/** Where somebody is in a log: the chosen lines, following its end or not, and ways to get elsewhere. */
export function useLogPlace(
  rows: LogRows,
  state: LogRowsState,
  list: RefObject<LogListHandle | null>,
  /** A search follows as soon as all is read: there is no other place to go to. */
  isSearchNext: boolean,
) {
  const [isFollowing, setFollowing] = useState(true)
  const [chosen, setChosen] = useState<Chosen>()
  /** What was found last, or that nothing was. */
  const [found, setFound] = useState('')
  /** The line somebody is at; it is looked for again when other lines are shown. */
  const here = useRef<LogRow>(undefined)
  /** The last of what is under way to another place: an answer to an earlier one comes too late. */
  const way = useRef(0)
  const { total, isComplete } = state

  const choose = useCallback(
    (row: number, options: { isFurther?: boolean; where?: 'near' | 'middle' } = {}) => {
      way.current += 1
      setFollowing(false)
      setChosen((before) => ({ anchor: options.isFurther && before ? before.anchor : row, head: row }))
      here.current = rows.at(row)
      list.current?.show(row, options.where ?? 'near')
    },
    [rows, list],
  )

  const tell = useCallback((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return
    const { message, nextStep } = describeFailure(error)
    notifications.show({ title: 'The log was not searched', message: `${message} ${nextStep}`, color: 'red' })
  }, [])

  // Other lines are shown now: the line somebody was at keeps its place in sight.
  const known = useRef(rows)
  useEffect(() => {
    if (!isComplete || known.current === rows) return
    known.current = rows
    setChosen(undefined)
    setFound('')
    const line = here.current
    if (!line || isFollowing || isSearchNext) return
    const mine = ++way.current
    rows
      .find({ at: 'line', id: line.accountId, segment: line.segment, offset: line.offset })
      .then((row) => {
        if (row === undefined || way.current !== mine) return
        choose(Math.min(row, rows.get().total - 1), { where: 'middle' })
      })
      .catch(tell)
  }, [rows, isComplete, isFollowing, isSearchNext, choose, tell])

  async function goTo(time: number): Promise<void> {
    const mine = ++way.current
    try {
      const row = await rows.find({ at: 'time', time: new Date(time).toISOString() })
      if (row === undefined || way.current !== mine) return
      const last = rows.get().total - 1
      setFound(row > last ? 'That is after the last line.' : '')
      choose(Math.min(row, last), { where: 'middle' })
    } catch (error) {
      tell(error)
    }
  }

  async function search(find: LogFind, direction: 'next' | 'previous'): Promise<void> {
    const mine = ++way.current
    try {
      const answer = await rows.search(find, chosen?.head, direction)
      if (way.current !== mine) return
      if (answer.row === null) {
        setFound('No line matches.')
        return
      }
      const passed = direction === 'next' ? 'from the top again' : 'from the end again'
      const count = `Match ${((answer.nth ?? 0) + 1).toLocaleString('en')} of ${answer.total.toLocaleString('en')}`
      setFound(answer.isWrapped ? `${count}, ${passed}` : count)
      choose(answer.row, { where: 'middle' })
    } catch (error) {
      tell(error)
    }
  }

  async function copy(): Promise<void> {
    if (!chosen) return
    const [first, last] = ends(chosen)
    const count = Math.min(MOST_COPIED, last - first + 1)
    try {
      const lines = await rows.rows(first, count)
      await navigator.clipboard.writeText(lines.map(({ raw }) => `${raw}\n`).join(''))
      const rest = last - first + 1 - lines.length
      setFound(
        `${lines.length === 1 ? 'One line' : `${lines.length} lines`} copied${rest > 0 ? '; save the log for more' : ''}.`,
      )
    } catch (error) {
      tell(error)
    }
  }

  return {
    isFollowing,
    follow: (wanted: boolean) => {
      way.current += 1
      setFollowing(wanted)
      if (wanted) setChosen(undefined)
    },
    setFollowing,
    chosen: chosen && chosen.anchor < total && chosen.head < total ? chosen : undefined,
    choose,
    unchoose: () => setChosen(undefined),
    found,
    goTo: (time: number) => void goTo(time),
    search: (find: LogFind, direction: 'next' | 'previous') => void search(find, direction),
    copy: () => void copy(),
  }
}

export function ends({ anchor, head }: Chosen): readonly [number, number] {
  return [Math.min(anchor, head), Math.max(anchor, head)]
}
