import type { StartOutcome } from '../../contracts/fleet.ts'
import { refusal } from '../../domain/failure/refusal.ts'
import { settledOutcome, startOutcome, type BotView } from './bot-phase.ts'

/**
 * Waits until a bot trades, is blocked, or has ended.
 *
 * @param listeners called after every change of what `view` gives
 * @returns 'timed-out' where none of it comes in time
 */
export function settleWithin(
  accountId: string,
  view: () => BotView,
  listeners: Set<() => void>,
  timeoutMs: number,
): Promise<StartOutcome> {
  return new Promise((resolve) => {
    const give = (result: StartOutcome | undefined) => {
      if (!result) return
      clearTimeout(timer)
      listeners.delete(check)
      resolve(result)
    }
    const check = () => give(settledOutcome(accountId, view()))
    const timer = setTimeout(() => {
      const message = `The bot of ${accountId} runs but does not trade yet.`
      const late = refusal('timed-out', message, `See why: slipway status ${accountId}`)
      give(startOutcome(accountId, view(), 'timed-out', late))
    }, timeoutMs)
    listeners.add(check)
    check()
  })
}
