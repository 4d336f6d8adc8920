import {
  readDecisions,
  readFills,
  readOrders,
  readPositions,
  readReconciliations,
  readTrades,
} from '../../../adapters/state-db/read-account.ts'
import { readOpenOrders } from '../../../adapters/state-db/read-holdings.ts'
import { listHoldings } from '../../charts/list-holdings.ts'
import { readRiskReport } from '../../risk/read-risk-report.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** What accounts have done, read from their own files. */
export function recordHandlers(api: Implementer, parts: ApiParts) {
  const { layout, registry, fleet } = parts
  return {
    risk: api.risk.handler(({ input }) => readRiskReport(layout, registry.show(input.id), parts.now())),
    trades: api.trades.handler(({ input }) => readTrades(layout, registry.show(input.id), input)),
    orders: api.orders.handler(({ input }) => readOrders(layout, registry.show(input.id), input)),
    openOrders: api.openOrders.handler(({ input }) => readOpenOrders(layout, registry.show(input.id))),
    fills: api.fills.handler(({ input }) => readFills(layout, registry.show(input.id), input)),
    holdings: api.holdings.handler(({ input }) => {
      const settings = registry.show(input.id)
      const { phase } = fleet.bot(settings.accountId).view()
      const said = phase.kind === 'attached' ? phase.status : undefined
      return [...listHoldings(layout, settings, said)]
    }),
    positions: api.positions.handler(({ input }) => readPositions(layout, registry.show(input.id), input)),
    decisions: api.decisions.handler(({ input }) => readDecisions(layout, registry.show(input.id), input)),
    reconciliations: api.reconciliations.handler(({ input }) =>
      readReconciliations(layout, registry.show(input.id), input),
    ),
  }
}
