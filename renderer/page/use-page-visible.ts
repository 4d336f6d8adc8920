import { useEffect, useState } from 'react'

/** How long a page may be out of sight before it counts as hidden, milliseconds. */
const GRACE_MS = 20_000

/**
 * Whether somebody can see this page.
 *
 * A hidden page lets go of its streams: browsers allow six connections to one address, and a few pages left open in
 * other tabs would hold them all.
 */
export function usePageVisible(): boolean {
  const [isVisible, setVisible] = useState(() => !document.hidden)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (!document.hidden) setVisible(true)
      else timer = setTimeout(() => setVisible(false), GRACE_MS)
    }
    document.addEventListener('visibilitychange', look)
    look()
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return isVisible
}
