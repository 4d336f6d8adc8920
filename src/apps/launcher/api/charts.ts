import { readBalanceCurve, type CurvePlace } from '../../../adapters/state-db/read-balance-curve.ts'
import { readChartMarks } from '../../../adapters/state-db/read-chart-marks.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import { MOST_POINTS } from '../../../contracts/launcher/charts.ts'
import { thinCurve } from '../../../domain/chart/balance-curve.ts'
import type { MadeSessions } from '../../charts/bar-source.ts'
import { readChartBars, type ChartContext } from '../../charts/read-chart-bars.ts'
import { resolveAccountInstruments } from '../../bot/resolve-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** What accounts look like over time. Every answer is bounded, and what was told once is asked for after a cursor. */
export function chartHandlers(api: Implementer, parts: ApiParts) {
  const { layout, registry, fleet } = parts
  const made: MadeSessions = new Map()
  const lastBarOf = ({ accountId }: AccountSettings) => {
    const { phase } = fleet.bot(accountId).view()
    return phase.kind === 'attached' ? (phase.status.lastBarAt ?? undefined) : undefined
  }
  const ctx: ChartContext = { layout, lastBarOf, made }

  return {
    bars: api.chart.bars.handler(({ input }) => readChartBars(ctx, registry.show(input.id), input)),
    marks: api.chart.marks.handler(({ input }) => {
      const settings = registry.show(input.id)
      const { symbol = settings.symbol, from, to = Number.MAX_SAFE_INTEGER, after } = input
      return readChartMarks(layout, settings.accountId, { symbol, from, to, after })
    }),
    equity: api.chart.equity.handler(async ({ input }) => {
      const settings = registry.show(input.id)
      const { currency } = resolveAccountInstruments(layout, settings).traded[0]!
      const after = input.after === undefined ? undefined : placeOf(input.after)
      const { opening, points, place } = await readBalanceCurve(layout, settings.accountId, currency.code, after)
      return {
        ...{ currency: currency.code, digits: currency.digits, opening, bookings: points.length },
        points: thinCurve(points, MOST_POINTS).map(({ at, balance, drawdown }): [number, number, number] => [
          ...([at, balance, drawdown] as const),
        ]),
        cursor: `${place.posting}:${place.balance}:${place.peak}`,
      }
    }),
  }
}

function placeOf(cursor: string): CurvePlace {
  const [posting = 0, balance = 0, peak = 0] = cursor.split(':').map(Number)
  return { posting, balance, peak }
}
