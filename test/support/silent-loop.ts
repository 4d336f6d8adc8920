import type { Bar } from '../../src/domain/market/bar.ts'
import { runBot } from '../../src/engine/bot/run-bot.ts'
import type { TradeRig } from './trade-rig.ts'

/** The bot's loop for so long, with a bar at its beginning at most: every report wakes it at once, and somebody looks after it every second. */
export async function runWithoutBars(rig: TradeRig, ms: number, first?: Bar): Promise<void> {
  let next = first
  let passed = 0
  const pass = (by: number) => {
    passed += by
    rig.wait(by)
  }
  const nothing = () => undefined
  await runBot(
    rig.ctx,
    rig.book,
    {
      poll: () => {
        const bar = next
        next = undefined
        return bar
      },
      next: () => Promise.reject(new Error('the loop waits by its edge')),
      close: nothing,
    },
    {
      wait: () => {
        let reports = 0
        rig.venue.deliver((all) => ((reports = all.length), all))
        pass(reports > 0 ? 10 : 1_000)
        return Promise.resolve(passed < ms ? { kind: 'aborted' } : { kind: 'ended' })
      },
      ...{ breathless: () => false, breathe: () => Promise.resolve(), pause: () => Promise.resolve() },
      ...{ reconcileDue: () => true, auditDue: () => false, feedTrouble: nothing, trading: nothing, flat: nothing },
    },
  )
}
