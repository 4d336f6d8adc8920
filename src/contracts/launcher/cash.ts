import { z } from 'zod'
import { CashReply, CashReport, CashRequest } from '../cash-request.ts'
import { RequestId } from '../request-id.ts'
import { api, Id } from './procedure.ts'

/** Cash of an account, and money that moved without a fill. */
export const cashProcedures = {
  show: api
    .route({
      method: 'GET',
      path: '/accounts/{id}/cash',
      summary: 'Cash in the books and at the broker, and what moved without a fill',
    })
    .input(Id)
    .output(CashReport),
  book: api
    .route({
      method: 'POST',
      path: '/accounts/{accountId}/cash',
      summary: 'Book money that moved without a fill; the same requestId again is answered again, not booked again',
    })
    .input(z.object({ accountId: z.string(), requestId: RequestId, movement: CashRequest }))
    .output(CashReply),
}
