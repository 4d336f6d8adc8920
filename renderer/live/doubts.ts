import type { Occasion } from '../launcher/keep-streaming.ts'

const TICK_MS = 1_000
/** A second that took so long by the wall clock means that the computer slept or the page was frozen, milliseconds. */
const SLEPT_MS = 3_000

/**
 * Moments at which what a page shows may be older than it believes: the page is seen again, comes out of the browser's
 * freezer or cache, a network comes back, the computer has slept.
 */
export const doubts: Occasion = (listener) => {
  const seen = () => {
    if (!document.hidden) listener()
  }
  let ticked = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    const gap = now - ticked
    ticked = now
    if (gap > SLEPT_MS || gap < 0) listener()
  }, TICK_MS)
  document.addEventListener('visibilitychange', seen)
  document.addEventListener('resume', listener)
  window.addEventListener('pageshow', listener)
  window.addEventListener('online', listener)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
    document.removeEventListener('resume', listener)
    window.removeEventListener('pageshow', listener)
    window.removeEventListener('online', listener)
  }
}
