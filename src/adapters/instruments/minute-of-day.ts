import { z } from 'zod'

/** Minutes after midnight of a wall time HH:MM; 24:00 is the midnight at the day's end. For use in a zod transform. */
export function minuteOfDay(text: string, ctx: z.RefinementCtx): number {
  const match = /^(\d{2}):(\d{2})$/.exec(text)
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : NaN
  if (minute <= 1440 && Number(match![2]) < 60) return minute
  ctx.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no time of day such as 09:30` })
  return z.NEVER
}
