import type { ShapeKind } from '../../domain/options/shape-kind.ts'
import { opposite, type Side } from '../../domain/order/order.ts'
import type { ExpiryChoice, SpreadCommand, StrikeChoice, TradeOutcome } from '../../domain/order/trade-command.ts'
import { lots } from '../../domain/units/units.ts'
import { premiumOf } from './check-option-entry.ts'
import type { ShapeLeg } from './check-shape.ts'
import { chooseContract, isContract } from './choose-contract.ts'
import { deny } from './judge-entry.ts'
import { openShape } from './open-shape.ts'
import { refused, type TradeCall } from './trade-call.ts'

type Of<Kind extends SpreadCommand['kind']> = Extract<SpreadCommand, { kind: Kind }>

/** Buys one strike and sells another of the same type and expiry. */
export function verticalSpread(call: TradeCall, command: Of<'vertical-spread'>): Promise<TradeOutcome> {
  const { type, buy, sell } = command
  return open(call, command, [
    { type, side: 'buy', strike: buy },
    { type, side: 'sell', strike: sell },
  ])
}

/** Sells a put and a call out of the money, and buys one further out of each. */
export function ironCondor(call: TradeCall, command: Of<'iron-condor'>): Promise<TradeOutcome> {
  const { putBuy, putSell, callSell, callBuy } = command
  return open(call, command, [
    { type: 'put', side: 'buy', strike: putBuy },
    { type: 'put', side: 'sell', strike: putSell },
    { type: 'call', side: 'sell', strike: callSell },
    { type: 'call', side: 'buy', strike: callBuy },
  ])
}

/** Buys the outer strikes and sells the middle one twice; `side: 'sell'` the other way round. */
export function butterflySpread(call: TradeCall, command: Of<'butterfly-spread'>): Promise<TradeOutcome> {
  const { type, side, lower, middle, upper } = command
  return open(call, command, [
    { type, side, strike: lower },
    { type, side: opposite(side), strike: middle, ratio: 2 },
    { type, side, strike: upper },
  ])
}

/** Sells the near expiry and buys the far one; `side: 'sell'` the other way round. */
export function calendarSpread(call: TradeCall, command: Of<'calendar-spread'>): Promise<TradeOutcome> {
  const { type, side, strike, far } = command
  return open(call, command, [
    { type, side: opposite(side), strike },
    { type, side, strike, expiry: far },
  ])
}

/** A call and a put of one strike, both bought or both sold. */
export function straddle(call: TradeCall, command: Of<'straddle'>): Promise<TradeOutcome> {
  const { side, strike } = command
  // One strike for both: in the money for the call is out of it for the put.
  const forPut = 'itmOffset' in strike ? { itmOffset: -strike.itmOffset } : strike
  return open(call, command, [
    { type: 'call', side, strike },
    { type: 'put', side, strike: forPut },
  ])
}

/** A put and a call of different strikes, both bought or both sold. */
export function strangle(call: TradeCall, command: Of<'strangle'>): Promise<TradeOutcome> {
  const { side } = command
  return open(call, command, [
    { type: 'put', side, strike: command.put },
    { type: 'call', side, strike: command.call },
  ])
}

type LegWish = Readonly<{
  type: 'call' | 'put'
  side: Side
  strike: StrikeChoice
  ratio?: number
  expiry?: ExpiryChoice
}>

async function open(call: TradeCall, command: SpreadCommand, wishes: readonly LegWish[]): Promise<TradeOutcome> {
  const legs: ShapeLeg[] = []
  for (const { type, side, strike, ratio = 1, expiry = command.expiry } of wishes) {
    const contract = chooseContract(call, { underlying: command.underlying, type, expiry, strike })
    if (!isContract(contract)) return contract
    const px = premiumOf(call, contract, side)
    if (px === undefined) {
      const text = `nobody ${side === 'sell' ? 'bids for' : 'offers'} ${contract.symbol} now`
      return deny(call, { symbol: command.underlying, side: 'buy' }, [{ code: 'no-price', text }])
    }
    legs.push({ contract, side, ratio: lots(ratio), px })
  }
  const [near, far] = legs.map(({ contract }) => contract.option.expiry)
  if (command.kind === 'calendar-spread' && near !== undefined && far !== undefined && far < near)
    return refused(
      'trade-invalid',
      `The far expiry ${far} is before the near one, ${near}: to ${command.side} that would ${opposite(command.side)} the spread, and leave the sold leg without the bought one.`,
      'Give the nearer one as the expiry and the later one as the far expiry.',
    )
  const shape: ShapeKind = command.kind
  return openShape(call, { ...command, shape, legs })
}
