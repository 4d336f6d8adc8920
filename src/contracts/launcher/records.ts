import { z } from 'zod'
import { DecisionRow, OrderRow, PositionRow, ReconciliationRow, TradeRow } from '../account-records.ts'
import { RiskReport } from '../risk-report.ts'
import { api, Id, Page } from './procedure.ts'

/** What an account has done and where it stands, read from its own files. */
export const recordProcedures = {
  risk: api
    .route({ method: 'GET', path: '/accounts/{id}/risk', summary: 'Where an account stands against its limits' })
    .input(Id)
    .output(RiskReport),
  trades: api
    .route({ method: 'GET', path: '/accounts/{id}/trades', summary: 'Closed trades, oldest first' })
    .input(Page)
    .output(z.array(TradeRow)),
  orders: api
    .route({ method: 'GET', path: '/accounts/{id}/orders', summary: 'Orders, oldest first' })
    .input(Page)
    .output(z.array(OrderRow)),
  positions: api
    .route({ method: 'GET', path: '/accounts/{id}/positions', summary: 'Position journal, oldest first' })
    .input(Page)
    .output(z.array(PositionRow)),
  decisions: api
    .route({ method: 'GET', path: '/accounts/{id}/decisions', summary: 'Decisions with every reason, oldest first' })
    .input(Page)
    .output(z.array(DecisionRow)),
  reconciliations: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/reconciliations',
      summary: "What comparing the books with the broker's found and did, oldest first",
    })
    .input(Page)
    .output(z.array(ReconciliationRow)),
}
