import { z } from 'zod'

/** Which lines somebody wants to see, as chosen above the list. */
export const LogChoice = z.object({
  /** The least important level; empty for all. */
  level: z.enum(['', 'info', 'warn', 'error']),
  /** An event code, or its beginning with a `*` behind; empty for all. */
  event: z.string().max(120),
  /** What is looked for. */
  search: z.string().max(1_000),
  isPattern: z.boolean(),
  matchesCase: z.boolean(),
  /** Only lines with what is looked for are shown; otherwise it is marked among all. */
  isOnlyMatches: z.boolean(),
})
export type LogChoice = Readonly<z.output<typeof LogChoice>>

export const EVERYTHING: LogChoice = {
  level: '',
  event: '',
  search: '',
  isPattern: false,
  matchesCase: false,
  isOnlyMatches: true,
}

/** What the launcher is asked for: lines of these accounts, and what is marked in them. */
export type LogQuery = Readonly<{
  ids: string[]
  level?: string
  event?: string
  text?: string
  grep?: string
  ignoreCase?: boolean
  find?: LogFind
}>

export type LogFind = { text?: string; grep?: string; ignoreCase: boolean }

export function queryOf(accountIds: readonly string[], choice: LogChoice): LogQuery {
  const find = findOf(choice)
  return {
    ids: [...accountIds],
    ...(choice.level === '' ? {} : { level: choice.level }),
    ...(choice.event.trim() === '' ? {} : { event: choice.event.trim() }),
    ...(find && choice.isOnlyMatches ? find : {}),
    ...(find ? { find } : {}),
  }
}

export function findOf({ search, isPattern, matchesCase }: LogChoice): LogFind | undefined {
  if (search.trim() === '') return undefined
  // A blank at the end of a pattern may be meant; one around a text is a slip of the hand.
  return { ...(isPattern ? { grep: search } : { text: search.trim() }), ignoreCase: !matchesCase }
}

/** Whether lines are left out. */
export function isFiltered({ level, event, search, isOnlyMatches }: LogChoice): boolean {
  return level !== '' || event.trim() !== '' || (isOnlyMatches && search.trim() !== '')
}
