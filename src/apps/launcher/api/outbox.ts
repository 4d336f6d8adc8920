import { accountFolders } from '../../../adapters/home/account-folders.ts'
import { retryParked } from '../../../adapters/outbox/retry-parked.ts'
import { unknownAccount } from '../known-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function outboxHandlers(api: Implementer, { layout, registry, log, now }: ApiParts) {
  return {
    // The launcher's own sender finds them within seconds.
    retry: api.outbox.retry.handler(({ input: { id, tradeId } }) => {
      // Of a removed account too: what it has left is nobody else's to decide.
      const accountId = accountFolders(layout).find((one) => one === id) ?? unknownAccount(registry, id)
      const retried = retryParked(layout, accountId, now(), tradeId)
      if (retried > 0) log.info('contributions-again', `${retried} put aside are sent again`, { accountId, retried })
      return { accountId, retried }
    }),
  }
}
