import { useEffect, useState } from 'react'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { LogLine } from '../../src/contracts/launcher/logs.ts'
import { keepStreaming } from '../launcher/keep-streaming.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import { joinLines, patternOf } from './log-lines.ts'

export type LogTail = Readonly<{
  lines: readonly LogLine[]
  /** `reading` until the first lines had time to come; `paused` while the stream is being opened again. */
  phase: 'reading' | 'live' | 'paused' | 'refused'
  why: RefusalShape | undefined
}>

export type LogFilter = Readonly<{ level: string; text: string }>

const READING: LogTail = { lines: [], phase: 'reading', why: undefined }
/** Lines asked for at the beginning. */
const TAIL = 500
/** Lines that come within this time are shown together, milliseconds. */
const TOGETHER_MS = 100
/** No line for so long after the stream was opened: there is none, milliseconds. */
const EMPTY_AFTER_MS = 400
/** Failures that pass by themselves; any other is an answer. */
const PASSING = ['launcher-unreachable', 'timed-out', 'internal', 'unauthorized']

/** The end of an account's log and what is added to it, as long as somebody can see the page. */
export function useLogTail(accountId: string, { level, text }: LogFilter): LogTail {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const key = JSON.stringify([accountId, level, text])
  const [tail, setTail] = useState({ key, ...READING })

  useEffect(() => {
    if (!isVisible) return undefined
    const end = new AbortController()
    let waiting: LogLine[] = []
    let isReopened = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const change = (next: (now: LogTail) => LogTail) => {
      if (!end.signal.aborted) setTail((now) => ({ ...next(now.key === key ? now : READING), key }))
    }
    const flush = () => {
      timer = undefined
      const arrived = waiting
      const begins = isReopened
      waiting = []
      if (arrived.length > 0) isReopened = false
      change((now) => ({ lines: joinLines(now.lines, arrived, begins), phase: 'live', why: undefined }))
    }
    const pattern = patternOf(text)
    void keepStreaming<LogLine>(
      {
        open: ({ signal, lastEventId, context }) =>
          client.logs.follow(
            { id: accountId, tail: TAIL, ...(level === '' ? {} : { level }), ...(pattern ? { grep: pattern } : {}) },
            { signal, lastEventId, context },
          ),
        onOpen() {
          isReopened = true
          timer ??= setTimeout(flush, EMPTY_AFTER_MS)
        },
        onEvent(line) {
          if (waiting.length === 0) {
            clearTimeout(timer)
            timer = setTimeout(flush, TOGETHER_MS)
          }
          waiting.push(line)
        },
        onLost(why) {
          clearTimeout(timer)
          flush()
          clearTimeout(timer)
          timer = undefined
          const isPassing = PASSING.includes(why.code)
          change((now) => ({ ...now, phase: isPassing ? 'paused' : 'refused', why }))
          return isPassing ? 'retry' : 'stop'
        },
      },
      end.signal,
    )
    return () => {
      clearTimeout(timer)
      end.abort()
    }
  }, [client, accountId, level, text, key, isVisible])

  return tail.key === key ? tail : READING
}
