import { useEffect, useEffectEvent, useRef } from 'react'
import { useRecordsVersion } from './topics.ts'

/** A bot that replays writes a thousand times a second; what is shown of it is read at most this often, ms. */
const SHORTEST_PAUSE_MS = 1_000

/**
 * Reads again whenever the launcher tells that an account may have done something, and when the page comes back to it.
 *
 * @param alsoWhen another value of this counts, too: for what changes without the account's doing, such as prices
 */
export function useReadAgain(accountId: string, readAgain: () => unknown, alsoWhen?: unknown): void {
  useReadOnNews(useRecordsVersion(accountId), readAgain, alsoWhen)
}

/**
 * Reads again at every other value of `version`, at once and then with pauses.
 *
 * @param version a topic's news; nothing is read at 0
 */
export function useReadOnNews(version: number, readAgain: () => unknown, alsoWhen?: unknown): void {
  const again = useEffectEvent(readAgain)
  const readAt = useRef(0)
  useEffect(() => {
    if (version === 0) return undefined
    // A clock that was set back must not hold it up.
    const rest = Math.min(SHORTEST_PAUSE_MS, Math.max(0, readAt.current + SHORTEST_PAUSE_MS - Date.now()))
    const timer = setTimeout(() => {
      readAt.current = Date.now()
      again()
    }, rest)
    return () => clearTimeout(timer)
  }, [version, alsoWhen])
}
