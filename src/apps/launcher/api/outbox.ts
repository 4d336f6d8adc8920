import { retryParked } from '../../../adapters/outbox/retry-parked.ts'
import { accountOf } from '../known-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function outboxHandlers(api: Implementer, { layout, registry, log, now }: ApiParts) {
  return {
    // The launcher's own sender finds them within seconds.
    retry: api.outbox.retry.handler(({ input: { id, tradeId } }) => {
      const accountId = accountOf(registry, id)
      const retried = retryParked(layout, accountId, now(), tradeId)
      if (retried > 0) log.info('contributions-again', `${retried} put aside are sent again`, { accountId, retried })
      return { accountId, retried }
    }),
  }
}
