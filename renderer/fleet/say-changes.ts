import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { BOT_LOOKS, LASTING_STATES, type BotStateName } from './bot-looks.ts'

/** More changes than this at once are counted instead of named. */
const MOST_NAMED = 3

/**
 * What to say aloud about a fleet that went from `before` to `after`: changes of state, and only into states that last,
 * because figures change all the time and a start passes through two states within a second.
 *
 * @returns an empty text when there is nothing to say
 */
export function sayChanges(before: ReadonlyMap<string, BotStateName>, after: readonly AccountStatus[]): string {
  const changed = after.filter(
    ({ accountId, state }) =>
      before.has(accountId) && before.get(accountId) !== state && LASTING_STATES.some((it) => it === state),
  )
  if (changed.length <= MOST_NAMED)
    return changed.map(({ accountId, state }) => `${accountId}: ${BOT_LOOKS[state].word.toLowerCase()}.`).join(' ')
  const counts = LASTING_STATES.map((state) => ({ state, n: changed.filter((it) => it.state === state).length }))
  const said = counts.filter(({ n }) => n > 0).map(({ state, n }) => `${n} ${BOT_LOOKS[state].word.toLowerCase()}`)
  return `${changed.length} accounts changed: ${said.join(', ')}.`
}

/** The lasting states that have been said; an account on its way between two keeps its last one. */
export function saidStates(
  before: ReadonlyMap<string, BotStateName>,
  after: readonly AccountStatus[],
): ReadonlyMap<string, BotStateName> {
  return new Map(
    after.map(({ accountId, state }) => [
      accountId,
      LASTING_STATES.some((it) => it === state) ? state : (before.get(accountId) ?? state),
    ]),
  )
}
