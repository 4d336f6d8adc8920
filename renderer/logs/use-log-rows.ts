import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useLiveStream } from '../live/live-context.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import type { LogQuery } from './log-choice.ts'
import { openLogRows, type LogRows, type LogRowsState } from './log-rows.ts'

/**
 * The lines a query wants, kept up with as long as somebody can see the page.
 *
 * @param query the same object as long as it means the same
 */
export function useLogRows(query: LogQuery): { rows: LogRows; state: LogRowsState } {
  const { client } = useLauncher()
  const live = useLiveStream()
  const isVisible = usePageVisible()
  const rows = useMemo(() => openLogRows(client, live, query), [client, live, query])
  useEffect(() => {
    if (!isVisible) return undefined
    const end = new AbortController()
    void rows.run(end.signal)
    return () => end.abort()
  }, [rows, isVisible])
  return { rows, state: useSyncExternalStore(rows.subscribe, rows.get) }
}
