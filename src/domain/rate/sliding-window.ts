/** How many requests fit into any span of `windowMs`; at least one. */
export type RateRule = Readonly<{ limit: number; windowMs: number }>

/** What the last window holds, and when one more will fit. */
export type WindowVerdict = Readonly<{
  allowed: boolean
  /** How many more fit right now, this one already taken off. */
  remaining: number
  /** 0 where it is allowed; else when exactly one will fit. */
  retryAfterMs: number
  /** How many of the oldest times no longer matter, now or later. */
  expired: number
}>

/**
 * Exact sliding window: a request is let in when fewer than `limit` were let in within (now − window, now].
 *
 * A fixed window lets twice the limit through around its boundary, and a bucket lets a burst through on top of its rate;
 * the times themselves do neither, and at a hundred of them are cheap to keep. Those who were turned away are not kept:
 * asking too often delays nobody's next turn.
 *
 * @param admitted times of those let in, oldest first, of one clock that never goes back, milliseconds
 * @param now      of the same clock
 */
export function judgeWindow(admitted: readonly number[], now: number, { limit, windowMs }: RateRule): WindowVerdict {
  const expired = countUpTo(admitted, now - windowMs)
  const inside = admitted.length - expired
  if (inside < limit) return { allowed: true, remaining: limit - inside - 1, retryAfterMs: 0, expired }
  // One fits when so many have left that limit − 1 are inside: where the limit was lowered meanwhile, that is not the oldest.
  const leaves = admitted[admitted.length - limit]!
  return { allowed: false, remaining: 0, retryAfterMs: leaves + windowMs - now, expired }
}

/** How many of the ascending `times` are at or before `end`. */
function countUpTo(times: readonly number[], end: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= end) low = middle + 1
    else high = middle
  }
  return low
}
