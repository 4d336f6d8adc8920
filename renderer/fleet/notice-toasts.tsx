import { useEffect, useRef } from 'react'
import type { Notice } from '../../src/contracts/launcher/live.ts'
import { useNotices } from '../live/topics.ts'
import { useBulk } from './bulk.tsx'
import { gatherNotices } from './gather-notices.ts'
import { tell } from './tell.tsx'

/** Notices that come within this time are told together, milliseconds: what hits one account often hits all. */
const TOGETHER_MS = 500

/** Pops up what somebody should know of although they look at something else; a crash is offered for restart. */
export function NoticeToasts() {
  const { ask } = useBulk()
  const waiting = useRef<Notice[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useNotices((notice) => {
    waiting.current.push(notice)
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      for (const { crashed, ...toast } of gatherNotices(waiting.current.splice(0))) {
        const word = crashed.length === 1 ? 'Start it again' : 'Start them again'
        const action = { word, act: () => ask({ verb: 'start', ids: crashed }) }
        tell({ ...toast, ...(crashed.length === 0 ? {} : { action }) })
      }
    }, TOGETHER_MS)
  })
  return null
}
