import { timesIn } from '../format/zoned-times.ts'

/** The pages of a server are read by people in many places: all times are UTC. */
export const TIMES = timesIn('UTC', 'UTC')

export const minuteOf = (iso: string | null): string => (iso === null ? '\u2013' : TIMES.minute(iso))
