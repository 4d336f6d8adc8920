/** Times as they are read in one zone. Epoch milliseconds or ISO text in; text that is no time comes back as it is. */
export type Times = Readonly<{
  /** What stands behind a time so that nobody mistakes it: `UTC`, `New York`, `local`. */
  zoneName: string
  /** IANA name. */
  zone: string
  /** `2024-01-05 20:59`. Bars may be years old, so the day is always there. */
  minute: (time: string | number) => string
  /** `2024-01-05 20:59:07` */
  second: (time: string | number) => string
  /** `20:59:07` */
  timeOfDay: (time: string | number) => string
  /** `20:59:07.123` */
  logTime: (time: string | number) => string
  /** `2024-01-05` */
  day: (time: string | number) => string
}>

/** @param zone IANA name the browser knows */
export function timesIn(zone: string, zoneName: string): Times {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const),
  })
  /** `2024-01-05 20:59:07.123` */
  const whole = (time: string | number): string | undefined => {
    const at = typeof time === 'number' ? time : Date.parse(time)
    if (Number.isNaN(at)) return undefined
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const { year, month, day, hour, minute, second, fractionalSecond } = part
    return `${year?.padStart(4, '0')}-${month}-${day} ${hour}:${minute}:${second}.${fractionalSecond}`
  }
  const cut = (from: number, to: number) => (time: string | number) => whole(time)?.slice(from, to) ?? String(time)
  return {
    ...{ zone, zoneName },
    ...{ minute: cut(0, 16), second: cut(0, 19), timeOfDay: cut(11, 19), logTime: cut(11, 23), day: cut(0, 10) },
  }
}
