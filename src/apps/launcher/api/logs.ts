import { followLog } from '../../../adapters/log/follow-log.ts'
import { logFiles, readLogTail } from '../../../adapters/log/read-log.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { logSegment } from '../log-segment.ts'
import { accountOf, type ApiParts, type Implementer } from './procedures.ts'

export function logHandlers(api: Implementer, parts: ApiParts) {
  const { layout, registry } = parts
  const segmentOf = (accountId: AccountId, asked: string | undefined) => {
    const entry = registry.list().find((one) => one.accountId === accountId)
    return entry && 'settings' in entry ? logSegment(layout, entry.settings, asked) : undefined
  }

  return {
    read: api.logs.read.handler(({ input }) => {
      const { id, segment, ...query } = input
      const accountId = accountOf(registry, id)
      return readLogTail({ files: logFiles(layout, accountId, segmentOf(accountId, segment)), ...query })
    }),
    follow: api.logs.follow.handler(async function* ({ input, signal }) {
      const { id, segment, ...query } = input
      const accountId = accountOf(registry, id)
      const named = segmentOf(accountId, segment)
      const files = () => logFiles(layout, accountId, named)
      yield* followLog({ files, folder: layout.logs(accountId), ...query }, signal ?? new AbortController().signal)
    }),
  }
}
