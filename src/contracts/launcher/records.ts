import { z } from 'zod'
import {
  DecisionRow,
  FillRow,
  HoldingRow,
  OrderRow,
  PositionRow,
  ReconciliationRow,
  TradeRow,
} from '../account-records.ts'
import { RiskReport } from '../risk-report.ts'
import { api, Id, Page as FirstPage } from './procedure.ts'

/** Part of a listing; `before` pages back from the oldest row there is. */
const Page = FirstPage.extend({ before: z.string().optional() })

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
  openOrders: api
    .route({ method: 'GET', path: '/accounts/{id}/orders/open', summary: 'Orders that may still be filled' })
    .input(Id)
    .output(z.array(OrderRow)),
  fills: api
    .route({ method: 'GET', path: '/accounts/{id}/fills', summary: 'Fills, oldest first' })
    .input(Page)
    .output(z.array(FillRow)),
  holdings: api
    .route({ method: 'GET', path: '/accounts/{id}/holdings', summary: 'What is held now, and what it is worth' })
    .input(Id)
    .output(z.array(HoldingRow)),
  positions: api
    .route({ method: 'GET', path: '/accounts/{id}/positions', summary: 'Position journal, oldest first' })
    .input(Page)
    .output(z.array(PositionRow)),
  decisions: api
    .route({ method: 'GET', path: '/accounts/{id}/decisions', summary: 'Decisions with every reason, oldest first' })
    .input(Page.extend({ action: DecisionRow.shape.action.optional() }))
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
