import type { Proposal, Strategy } from './slipway-strategy.d.ts'

/** Everything the strategy remembers from bar to bar. Plain numbers: it is also the snapshot. */
type Memory = { bars: number; fast: number; slow: number; range: number; wasAbove: boolean }

/**
 * Follows a trend: buys when the fast average crosses above the slow one, sells when it crosses below. The stop is a
 * multiple of the mean bar's range away, the target twice as far.
 */
const strategy: Strategy = {
  id: 'ma-cross',
  title: 'Moving-average cross',

  // Forms and `--set name=value` are made from these; a run gets every one of them.
  parameters: [
    {
      name: 'fastBars',
      label: 'Fast average',
      help: 'Bars of the fast average.',
      unit: 'bars',
      kind: 'integer',
      default: 10,
      min: 2,
      max: 200,
    },
    {
      name: 'slowBars',
      label: 'Slow average',
      help: 'Bars of the slow average.',
      unit: 'bars',
      kind: 'integer',
      default: 40,
      min: 3,
      max: 500,
    },
    {
      name: 'stopRanges',
      label: 'Stop',
      help: 'Distance of the stop, in mean bar ranges.',
      unit: '× range',
      kind: 'number',
      default: 3,
      min: 0.5,
      max: 20,
    },
  ],

  open({ parameters, snapshot }) {
    const fastBars = parameters.fastBars ?? 10
    const slowBars = parameters.slowBars ?? 40
    const stopRanges = parameters.stopRanges ?? 3
    // After a restart we go on where the last snapshot was taken.
    const memory: Memory = (snapshot as Memory | undefined) ?? { bars: 0, fast: 0, slow: 0, range: 0, wasAbove: false }

    const average = (before: number, value: number, bars: number) =>
      memory.bars === 0 ? value : before + (2 / (bars + 1)) * (value - before)

    return {
      onBar(bar, session, position): Proposal | undefined {
        memory.fast = average(memory.fast, bar.close, fastBars)
        memory.slow = average(memory.slow, bar.close, slowBars)
        memory.range = average(memory.range, bar.high - bar.low, slowBars)
        memory.bars += 1
        const isAbove = memory.fast > memory.slow
        const crossed = isAbove !== memory.wasAbove
        memory.wasAbove = isAbove
        // Averages need their bars first, and nothing can be done while the market is closed.
        if (memory.bars <= slowBars || !session || !crossed) return undefined

        const reasons = [
          { code: 'cross', text: `The fast average crossed ${isAbove ? 'above' : 'below'} the slow one.` },
        ]
        if (position.quantity !== 0) {
          const isAgainst = position.quantity > 0 !== isAbove
          return isAgainst ? { kind: 'exit', reason: 'signal', reasons } : undefined
        }
        if (position.entryPending) return undefined
        // Prices are whole ticks.
        const distance = Math.max(4, Math.round(memory.range * stopRanges))
        const sign = isAbove ? 1 : -1
        return {
          kind: 'enter',
          side: isAbove ? 'buy' : 'sell',
          stopPx: bar.close - sign * distance,
          targetPx: bar.close + sign * 2 * distance,
          reasons,
          features: { spread: memory.fast - memory.slow, range: memory.range },
        }
      },
      snapshot: () => ({ ...memory }),
      indicators: () => ({ fast: memory.fast, slow: memory.slow }),
    }
  },
}

export default strategy
