import { describe, expectTypeOf, it } from 'vitest'
import type * as Api from '../../../resources/examples/strategies/slipway-strategy.d.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import type { Session } from '../../../src/domain/calendar/session.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import type * as Domain from '../../../src/domain/strategy/strategy.ts'

/** Our types without the units that a plug-in does not have. */
type Plain<T> = T extends number
  ? number
  : T extends string
    ? string extends T
      ? string
      : T extends { brand: unknown }
        ? string
        : T
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T

describe('the types that plug-ins are written with', () => {
  it('take all that a bot shows', () => {
    expectTypeOf<Bar>().toExtend<Api.Bar>()
    expectTypeOf<Session>().toExtend<Api.Session>()
    expectTypeOf<Domain.PositionView>().toExtend<Api.PositionView>()
    expectTypeOf<Domain.StrategySetup>().toExtend<Api.StrategySetup>()
  })

  it('have every field of it', () => {
    expectTypeOf<keyof Api.PositionView>().toEqualTypeOf<keyof Domain.PositionView>()
    expectTypeOf<keyof Api.HeldPosition>().toEqualTypeOf<keyof Domain.HeldPosition>()
    expectTypeOf<keyof Api.StrategySetup>().toEqualTypeOf<keyof Domain.StrategySetup>()
    expectTypeOf<Api.ParameterSpec>().toEqualTypeOf<Domain.ParameterSpec>()
  })

  it('allow all that can be proposed, and nothing else', () => {
    expectTypeOf<Domain.Proposal>().toExtend<Api.Proposal>()
    expectTypeOf<Api.Proposal['kind']>().toEqualTypeOf<Domain.Proposal['kind']>()
    expectTypeOf<Plain<TradeCommand>>().toExtend<Api.TradeCommand>()
    expectTypeOf<Api.TradeCommand>().toExtend<Plain<TradeCommand>>()
  })
})
