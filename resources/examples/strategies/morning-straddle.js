/**
 * Buys a straddle on the index some time after the open, and closes everything before the close. Shows how a strategy
 * asks for options: the proposal `trade` carries any command of the trading service, under all limits of the account.
 *
 * @type {import('./slipway-strategy.d.ts').Strategy}
 */
export default {
  id: 'morning-straddle',
  title: 'Straddle in the morning',
  parameters: [
    {
      name: 'afterMinutes',
      label: 'Entry',
      help: 'Minutes after the open.',
      unit: 'minutes',
      kind: 'integer',
      default: 30,
      min: 1,
      max: 300,
    },
    {
      name: 'beforeMinutes',
      label: 'Exit',
      help: 'Minutes before the close.',
      unit: 'minutes',
      kind: 'integer',
      default: 20,
      min: 1,
      max: 300,
    },
    {
      name: 'lots',
      label: 'Size',
      help: 'Lots of each leg.',
      unit: 'lots',
      kind: 'integer',
      default: 1,
      min: 1,
      max: 50,
    },
  ],
  open({ instrument, timeframeMs, parameters, snapshot }) {
    let enteredOn = snapshot?.enteredOn ?? ''
    return {
      onBar(bar, session, position) {
        if (!session) return undefined
        const end = bar.time + timeframeMs
        const isHolding = position.held.length > 0
        if (isHolding && end >= session.close - parameters.beforeMinutes * 60_000)
          return {
            kind: 'trade',
            command: { kind: 'close-all-positions' },
            reasons: [{ code: 'session-close', text: `The session ends in ${parameters.beforeMinutes} minutes.` }],
          }
        const isTime = end >= session.open + parameters.afterMinutes * 60_000
        const isEarly = end < session.close - 2 * parameters.beforeMinutes * 60_000
        if (isHolding || !isTime || !isEarly || enteredOn === session.date) return undefined
        enteredOn = session.date
        return {
          kind: 'trade',
          command: {
            kind: 'straddle',
            underlying: instrument.symbol,
            side: 'buy',
            expiry: { nth: 0 },
            strike: { itmOffset: 0 },
            quantity: parameters.lots,
          },
          reasons: [{ code: 'morning', text: `${parameters.afterMinutes} minutes after the open.` }],
        }
      },
      snapshot: () => ({ enteredOn }),
    }
  },
}
