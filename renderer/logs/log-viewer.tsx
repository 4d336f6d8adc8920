import { Button, Progress, Text, VisuallyHidden } from '@mantine/core'
import { useEffect, useEffectEvent, useMemo, useRef, useState, type CSSProperties } from 'react'
import { flushSync } from 'react-dom'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useRemembered } from '../remembered/use-remembered.ts'
import { useTimes } from '../preferences/use-times.ts'
import { nameLetters } from './account-colors.ts'
import { EVERYTHING, findOf, isFiltered, LogChoice, queryOf } from './log-choice.ts'
import { LogDetail } from './log-detail.tsx'
import { logKey } from './log-keys.ts'
import { LogList, type LogListHandle } from './log-list.tsx'
import { LogRow } from './log-row.tsx'
import { LogToolbar } from './log-toolbar.tsx'
import { NoLines } from './no-lines.tsx'
import { parseJump } from './parse-jump.ts'
import { patternError } from './pattern-error.ts'
import { TimeJump } from './time-jump.tsx'
import { useLogExport } from './use-log-export.ts'
import { ends, useLogPlace } from './use-log-place.ts'
import { useLogRows } from './use-log-rows.ts'
import './logs.css'

type LogViewerProps = Readonly<{
  /** What the lines are, e.g. `the log of A1`. */
  what: string
  /** Whose logs; the same array as long as they are the same. */
  accountIds: readonly string[]
  /** Whose exchange's time is meant where times are shown in that. */
  symbol?: string | undefined
  /** Of each account, where several are shown. */
  colors?: ReadonlyMap<string, string> | undefined
}>

const TYPING_MS = 300

/** What was chosen for one account is remembered for that one, and what was chosen for several for all such views. */
function memoryOf(accountIds: readonly string[]): string {
  return accountIds.length === 1 ? `log.${accountIds[0]}` : 'logs'
}

/** The lines of logs, however long they are: found, followed, looked into, copied and saved. */
export function LogViewer({ what, accountIds, symbol, colors }: LogViewerProps) {
  const [choice, setChoice] = useRemembered<LogChoice>(memoryOf(accountIds), LogChoice, EVERYTHING)
  const wrong = choice.isPattern ? patternError(choice.search) : undefined
  const [asked, setAsked] = useState(wrong === undefined ? choice : EVERYTHING)
  useEffect(() => {
    // A pattern that is none yet leaves the lines as they are.
    if (wrong !== undefined) return undefined
    const timer = setTimeout(() => setAsked(choice), TYPING_MS)
    return () => clearTimeout(timer)
  }, [choice, wrong])
  const query = useMemo(() => queryOf(accountIds, asked), [accountIds, asked])
  const { rows, state } = useLogRows(query)
  const list = useRef<LogListHandle>(null)
  const searchField = useRef<HTMLInputElement>(null)
  /** Asked for before what was typed last has been read. */
  const [nextSearch, setNextSearch] = useState<{ direction: 'next' | 'previous'; choice: LogChoice }>()
  const searched = useRef(nextSearch)
  const place = useLogPlace(rows, state, list, nextSearch?.choice === asked)
  const saving = useLogExport(query)
  const times = useTimes(symbol)
  const [isRaw, setRaw] = useState(false)
  const [isJumping, setJumping] = useState(false)
  const timeField = useRef<HTMLInputElement>(null)
  const [isOpen, setOpen] = useState(false)
  const { chosen, isFollowing } = place
  const line = chosen && rows.at(chosen.head)
  const find = findOf(asked)

  const jump = (typed: string): string | undefined => {
    const last = Date.parse(rows.at(state.total - 1)?.time ?? '') || Date.now()
    const near = Date.parse((line ?? rows.at(list.current?.firstInSight() ?? 0))?.time ?? '') || last
    const time = parseJump(typed, times.zone, near, last)
    if (time === undefined) return 'Use 14:30, 2026-01-31 14:30, or 15m, 2h, 3d.'
    place.goTo(time)
    list.current?.focus()
    return undefined
  }
  const openJump = (open: boolean) => {
    // Somebody types on at once; a field that is there a moment later has lost the beginning to the list.
    flushSync(() => setJumping(open))
    timeField.current?.focus()
  }
  const search = (direction: 'next' | 'previous') => {
    if (wrong !== undefined || !findOf(choice)) return
    if (asked === choice && state.isComplete) place.search(findOf(choice)!, direction)
    else {
      setAsked(choice)
      setNextSearch({ direction, choice })
    }
  }
  const isReady = state.isComplete && asked === nextSearch?.choice
  const searchNow = useEffectEvent(() => {
    if (!isReady || searched.current === nextSearch) return
    searched.current = nextSearch
    if (find) place.search(find, nextSearch.direction)
  })
  useEffect(() => searchNow(), [nextSearch, isReady])
  const onKeyDown = (event: React.KeyboardEvent) => {
    const view = {
      total: state.total,
      page: list.current?.pageRows() ?? 1,
      first: isFollowing ? state.total - 1 : (list.current?.firstInSight() ?? 0),
    }
    const key = logKey(event, chosen?.head, view)
    // Text somebody has marked is copied by the browser.
    if (!key || (key.does === 'copy' && (!chosen || window.getSelection()?.isCollapsed === false))) return
    event.preventDefault()
    switch (key.does) {
      case 'move':
        place.choose(key.to, { isFurther: key.isFurther })
        break
      case 'end':
        place.follow(true)
        break
      case 'open':
        setOpen(chosen !== undefined)
        break
      case 'close':
        if (isOpen) setOpen(false)
        else place.unchoose()
        break
      case 'search':
        searchField.current?.select()
        searchField.current?.focus()
        break
      case 'time':
        openJump(true)
        break
      case 'follow':
        place.follow(!isFollowing)
        break
      case 'copy':
        place.copy()
        break
      case 'next':
      case 'previous':
        search(key.does)
    }
  }

  return (
    <section className="panel logViewer" aria-label={what}>
      <LogToolbar
        choice={choice}
        onChange={(some) => setChoice((before) => ({ ...before, ...some }))}
        wrong={wrong}
        searchField={searchField}
        onSearch={search}
        onLeave={() => list.current?.focus()}
        isRaw={isRaw}
        onRaw={setRaw}
        isFollowing={isFollowing}
        onFollowing={place.follow}
      >
        <TimeJump isOpen={isJumping} field={timeField} onOpen={openJump} zoneName={times.zoneName} onJump={jump} />
        {saving.progress ? (
          <Button size="xs" variant="default" onClick={saving.cancel}>
            Stop saving ({saving.progress.lines.toLocaleString('en')})
          </Button>
        ) : (
          <Button size="xs" variant="default" title="Save the lines that are shown" onClick={saving.save}>
            Save
          </Button>
        )}
      </LogToolbar>
      {state.why && state.phase === 'refused' && <NoticePanel title={`Can't show ${what}.`} why={state.why} />}
      <div className="logMain">
        <div className="logFrame" style={{ '--whose': nameLetters(colors?.keys() ?? []) } as CSSProperties}>
          {state.total > 0 && state.phase !== 'refused' ? (
            <>
              <LogList
                ref={list}
                label={`Lines of ${what}`}
                total={state.total}
                chosen={chosen && ends(chosen)}
                active={chosen?.head}
                isFollowing={isFollowing}
                onFollowing={place.setFollowing}
                onShow={rows.show}
                onKeyDown={onKeyDown}
                onChoose={(row, isFurther) => place.choose(row, { isFurther })}
                onOpen={() => setOpen(true)}
                row={(row) => {
                  const shown = rows.at(row)
                  return <LogRow line={shown} isRaw={isRaw} times={times} color={colors?.get(shown?.accountId ?? '')} />
                }}
              />
              {!isFollowing && (
                <Button className="logToEnd" size="compact-sm" onClick={() => place.follow(true)}>
                  To the newest line
                </Button>
              )}
            </>
          ) : (
            state.phase !== 'refused' && (
              <NoLines
                state={state}
                isFiltered={isFiltered(asked)}
                isOne={accountIds.length === 1}
                onClear={() => setChoice(() => EVERYTHING)}
              />
            )
          )}
        </div>
        {isOpen && line && (
          <LogDetail
            line={line}
            number={state.isComplete ? chosen?.head : undefined}
            times={times}
            onClose={() => (setOpen(false), list.current?.focus())}
          />
        )}
      </div>
      {state.read < 1 && state.phase === 'live' && (
        <Progress size={3} radius={0} value={state.read * 100} aria-label="Read of the log" />
      )}
      <div className="logFoot">
        <Text size="xs" c="dimmed">
          {footOf(state, isFiltered(asked), times.zoneName)}
        </Text>
        <Text size="xs" fw={600}>
          {place.found}
        </Text>
        <Text size="xs" c="dimmed" className="logHint">
          Enter: the whole line · /: search · n N: matches · t: time · f: follow · c: copy
        </Text>
      </div>
      <VisuallyHidden role="status">{place.found}</VisuallyHidden>
    </section>
  )
}

function footOf({ phase, total, isComplete, read }: LogRowsFoot, isLess: boolean, zoneName: string): string {
  if (phase === 'paused') return 'Paused: the connection is lost. What is shown may not be the end of the log.'
  if (phase !== 'live') return '\u00a0'
  const count = total === 1 ? 'One line' : `${total.toLocaleString('en')} lines`
  if (!isComplete)
    return `Reading, ${Math.floor(read * 100)} %${total === 0 ? '' : `: the last ${total.toLocaleString('en')} lines so far`}`
  return `${count}${isLess ? ' match' : ''}. Times are ${zoneName}.`
}

type LogRowsFoot = Readonly<{ phase: string; total: number; isComplete: boolean; read: number }>
