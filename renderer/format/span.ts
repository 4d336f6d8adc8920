const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span of time in its two largest parts: `12 s`, `3 m`, `2 h 5 m`, `3 d 4 h`. @param ms negative counts as nothing */
export function spanText(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m`
  const [large, small, names] = ms < DAY ? [HOUR, MINUTE, ['h', 'm']] : [DAY, HOUR, ['d', 'h']]
  return `${Math.floor(ms / large)} ${names[0]} ${Math.floor((ms % large) / small)} ${names[1]}`
}
