import type { Bar } from '../../src/domain/market/bar.ts'
import type { Session } from '../../src/domain/calendar/session.ts'
import type { PositionView, Proposal, Strategy, StrategySetup } from '../../src/domain/strategy/strategy.ts'
import { ticks } from '../../src/domain/units/units.ts'

/**
 * Trades far more than any sensible strategy: an entry every few bars with a near stop and target, an exit by time. Its
 * whole state is a running hash of what it was shown, so a bot that shows it anything else decides otherwise.
 */
export const eagerStrategy: Strategy = {
  id: 'eager',
  title: 'Eager',
  parameters: [],
  open: (setup: StrategySetup) => {
    let hash = (setup.snapshot as number | undefined) ?? 17
    return {
      onBar(bar: Bar, session: Session | undefined, position: PositionView): Proposal | undefined {
        hash = mix(
          hash,
          bar.close + 3 * position.quantity + 7 * position.tradesToday + (position.entryPending ? 11 : 0),
        )
        if (!session) return undefined
        if (position.quantity !== 0) {
          if (hash % 7 === 0)
            return { kind: 'exit', reason: 'signal', reasons: [{ code: 'whim', text: 'the hash says so' }] }
          return undefined
        }
        if (position.entryPending || hash % 3 !== 0) return undefined
        const side = hash % 2 === 0 ? 'buy' : 'sell'
        const sign = side === 'buy' ? 1 : -1
        if (hash % 5 === 0) return { kind: 'hold', side, reasons: [{ code: 'whim', text: 'not now' }], features: {} }
        return {
          kind: 'enter',
          side,
          stopPx: ticks(bar.close - sign * (3 + (hash % 4))),
          targetPx: ticks(bar.close + sign * (4 + (hash % 5))),
          reasons: [{ code: 'whim', text: 'the hash says so' }],
          features: { hash },
        }
      },
      snapshot: () => hash,
      takeWarnings: () => [],
      indicators: () => undefined,
    }
  },
}

function mix(hash: number, value: number): number {
  return Math.abs((Math.imul(hash ^ value, 0x9e3779b1) >>> 7) % 1_000_003)
}
