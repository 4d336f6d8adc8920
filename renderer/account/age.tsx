import { useEffect, useState } from 'react'

const TICK_MS = 1_000

/** How long ago something was, counting by itself. Nobody is told of every second: it is no live region. */
export function Age({ since, suffix = '' }: { since: string; suffix?: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return <span className="figure">{`${ageText(now - Date.parse(since))}${suffix}`}</span>
}

/** `12 s`, `7 min`, `3 h 05 min`, `2 d 4 h` */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
