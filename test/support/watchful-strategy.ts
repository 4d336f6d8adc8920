import type { Strategy } from '../../src/domain/strategy/strategy.ts'
import { ticks } from '../../src/domain/units/units.ts'

type Memory = Readonly<{ bars: number; shown: string }>

/**
 * Enters once, leaves while its entry is still filling, and writes into its reasons everything it was ever shown of the
 * account: any bar shown twice or otherwise is then a different decision.
 */
export const watchfulStrategy: Strategy = {
  id: 'watchful',
  title: 'Watchful',
  parameters: [],
  open: (setup) => {
    let memory: Memory = (setup.snapshot as Memory | undefined) ?? { bars: 0, shown: '' }
    return {
      onBar(bar, _session, { quantity, entryPending }) {
        memory = { bars: memory.bars + 1, shown: `${memory.shown} ${quantity}${entryPending ? '…' : ''}` }
        const reasons = [{ code: 'shown', text: memory.shown }]
        const far = 400
        if (memory.bars === 5) {
          const stopPx = ticks(bar.close - far)
          return { kind: 'enter', side: 'buy', stopPx, targetPx: ticks(bar.close + far), reasons, features: {} }
        }
        if (memory.bars === 8) return { kind: 'exit', reason: 'signal', reasons }
        if (memory.bars === 14) return { kind: 'hold', side: 'buy', reasons, features: {} }
        return undefined
      },
      snapshot: () => memory,
      takeWarnings: () => [],
      indicators: () => undefined,
    }
  },
}
