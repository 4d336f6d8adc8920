import { useEffect, useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { spanText } from '../format/span.ts'
import { useTimes } from '../preferences/use-times.ts'

const NOTHING = '\u2013'
const TICK_MS = 1_000
/** A bar this old tells more by its date than by its age, milliseconds. */
const OLD_MS = 2 * 86_400_000

/** Wall time, epoch ms, that moves on by itself. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** How long ago the last bar was; of a replay, whose bars have times of their own, which bar it was. */
export function BarAge({ account }: { account: AccountStatus }) {
  const { lastBarAt, feed, symbol } = account
  const times = useTimes(symbol)
  const now = useNow()
  if (lastBarAt === null) return NOTHING
  const age = now - Date.parse(lastBarAt)
  const [day = '', time = ''] = times.minute(lastBarAt).split(' ')
  const whole = `${day} ${time} ${times.zoneName}`
  if (feed === 'replay' || age > OLD_MS)
    return (
      <div className="lines figure" title={feed === 'replay' ? `Replaying ${whole}` : whole}>
        <div>{time}</div>
        <div className="second">{day}</div>
      </div>
    )
  return (
    <div className="lines figure" title={whole}>
      <div>{spanText(age)}</div>
      <div className="second">{time}</div>
    </div>
  )
}

/** How long a bot has been running. */
export function Uptime({ startedAt, isUp }: { startedAt: string | null; isUp: boolean }) {
  const now = useNow()
  if (startedAt === null || !isUp) return NOTHING
  return (
    <span className="figure" title={`Since ${startedAt}`}>
      {spanText(now - Date.parse(startedAt))}
    </span>
  )
}
