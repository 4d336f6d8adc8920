import type { TradeRequest } from '../../../src/contracts/trade-request.ts'

/** One thing the trader of a round does, or the market does meanwhile. */
export type Step =
  /** `entryLots`: the most this may open, where it opens something. */
  | Readonly<{ ask: (here: Here) => TradeRequest; entryLots?: number }>
  /** The market moves by so many ticks, and touches what lies between. */
  | Readonly<{ move: number }>
  | Readonly<{ flatten: true }>

/** What a step can refer to. */
export type Here = Readonly<{
  /** Price so many ticks from where the round began. */
  px: (ticks: number) => string
  /** The open order of this purpose in the bot's own books; undefined where there is none. */
  openOrder: (purpose: 'entry' | 'stop' | 'target') => string | undefined
}>

export type Scenario = Readonly<{
  steps: readonly Step[]
  /** Steps from the first on for which every open lot must have its stop. */
  guarded: number
}>

const symbol = 'MES'
const NOBODY = 'none'

const bracket = (side: 'buy' | 'sell', quantity: number, limitTicks?: number): Step => {
  const sign = side === 'buy' ? 1 : -1
  return {
    ask: ({ px }) => ({
      ...{ kind: 'bracket-order', symbol, side, quantity, stopPrice: px(-12 * sign), targetPrice: px(16 * sign) },
      ...(limitTicks === undefined ? {} : { limitPrice: px(limitTicks * sign) }),
    }),
    entryLots: quantity,
  }
}

/** What traders do, each cut short somewhere. Every round ends with a flatten, whatever came before. */
export const SCENARIOS = {
  'bracket to its target': { steps: [bracket('buy', 2), { move: 3 }, { move: 20 }], guarded: 3 },
  'bracket to its stop': { steps: [bracket('sell', 3), { move: -2 }, { move: 15 }], guarded: 3 },
  'bracket at a limit': { steps: [bracket('buy', 2, -3), { move: -4 }, { move: 2 }, { move: -20 }], guarded: 4 },
  'bracket, then flatten': { steps: [bracket('buy', 4), { move: 2 }, { flatten: true }], guarded: 2 },
  'bracket, its stop moved': {
    steps: [
      bracket('buy', 2),
      { move: 4 },
      {
        ask: ({ px, openOrder }) => ({
          kind: 'modify-order',
          clientOrderId: openOrder('stop') ?? NOBODY,
          stopPrice: px(-6),
        }),
      },
      { move: -3 },
      { move: -8 },
    ],
    guarded: 5,
  },
  'entry canceled': {
    steps: [
      {
        ask: ({ px }) => ({ kind: 'limit-order', symbol, side: 'buy', quantity: 2, limitPrice: px(-5) }),
        entryLots: 2,
      },
      { ask: ({ openOrder }) => ({ kind: 'cancel-order', clientOrderId: openOrder('entry') ?? NOBODY }) },
      { move: -6 },
    ],
    guarded: 0,
  },
  'bought, guarded, reduced, closed': {
    steps: [
      { ask: () => ({ kind: 'buy', symbol, quantity: 3 }), entryLots: 3 },
      { ask: ({ px }) => ({ kind: 'stop-loss', symbol, stopPrice: px(-10) }) },
      { ask: () => ({ kind: 'reduce-position', symbol, percent: 50 }) },
      { move: 2 },
      { ask: () => ({ kind: 'close-position', symbol }) },
    ],
    guarded: 0,
  },
  'sold short, one cancels the other, covered': {
    steps: [
      { ask: () => ({ kind: 'short-sell', symbol, quantity: 2 }), entryLots: 2 },
      { ask: ({ px }) => ({ kind: 'oco-order', symbol, stopPrice: px(10), targetPrice: px(-8) }) },
      { move: -9 },
      { ask: () => ({ kind: 'cover-short', symbol, quantity: 2 }) },
    ],
    guarded: 0,
  },
  'bought with a trailing stop': {
    steps: [
      { ask: () => ({ kind: 'buy', symbol, quantity: 2 }), entryLots: 2 },
      { ask: () => ({ kind: 'trailing-stop', symbol, trailAmount: '2.50' }) },
      { move: 6 },
      { move: -12 },
    ],
    guarded: 0,
  },
  'bought and reversed': {
    steps: [
      { ask: () => ({ kind: 'buy', symbol, quantity: 1 }), entryLots: 1 },
      { ask: () => ({ kind: 'reverse-position', symbol }), entryLots: 1 },
      { move: 3 },
    ],
    guarded: 0,
  },
  'everything canceled': {
    steps: [bracket('buy', 2, -4), { ask: () => ({ kind: 'cancel-all' }) }, { move: -6 }],
    guarded: 0,
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS
