import type { FlattenOutcome } from '../../src/contracts/kill-switch.ts'
import type { StartOutcome, StopOutcome } from '../../src/contracts/fleet.ts'

/** What can be done to several accounts at once; `kill` flattens and keeps entries away until it is released. */
export type BulkVerb = 'start' | 'stop' | 'restart' | 'flatten' | 'kill'

export const BULK_WORDS = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  flatten: 'Flatten',
  kill: 'Flatten all',
} as const satisfies Record<BulkVerb, string>

/** What became of one of the accounts. */
export type BulkRow = Readonly<{
  accountId: string
  isDone: boolean
  text: string
  nextStep: string | undefined
}>

const SAID: Readonly<Record<StartOutcome['outcome'] | StopOutcome['outcome'] | FlattenOutcome['outcome'], string>> = {
  started: 'Started',
  trading: 'Trading',
  'already-running': 'Was running already',
  ended: 'Started and ended again',
  stopped: 'Stopped',
  flattened: 'Flat: its positions are closed',
  flat: 'Flat: nothing was open',
  'not-running': 'Was not running; nothing was done',
  refused: 'Refused',
  failed: 'Failed',
  'timed-out': 'Took too long',
}

/** What became of each account, the trouble first. */
export function bulkRows(outcomes: readonly (StartOutcome | StopOutcome | FlattenOutcome)[]): readonly BulkRow[] {
  const rows = outcomes.map((one): BulkRow => {
    const { accountId, outcome, refusal } = one
    const wasKilled = 'killed' in one && one.killed
    const isDone = refusal === null && !['refused', 'failed', 'timed-out'].includes(outcome)
    const text = wasKilled ? `${SAID[outcome]}; it did not answer and was killed` : SAID[outcome]
    return {
      accountId,
      isDone,
      text: refusal ? `${SAID[outcome]}: ${refusal.message}` : text,
      nextStep: refusal?.nextStep ?? (isDone ? undefined : 'Look at its state and its log, then try again.'),
    }
  })
  return rows.toSorted((a, b) => Number(a.isDone) - Number(b.isDone))
}

/** In one sentence: `11 of 12 done.` */
export function bulkSummary(rows: readonly BulkRow[]): string {
  const done = rows.filter(({ isDone }) => isDone).length
  return done === rows.length
    ? `${done} of ${done} done.`
    : `${done} of ${rows.length} done, ${rows.length - done} not.`
}
