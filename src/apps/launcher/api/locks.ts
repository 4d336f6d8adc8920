import type { LockReport } from '../../../contracts/launcher/locks.ts'
import { describeTakeover } from '../../../domain/lock/describe-takeover.ts'
import { describeHolder, mayBeHeld, type LockRecord } from '../../../domain/lock/lock-record.ts'
import { accountOf } from '../known-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** Who holds an account. Looking takes nothing from a holder. */
export function lockHandlers(api: Implementer, { layout, registry, killSwitch }: ApiParts) {
  return {
    show: api.locks.show.handler(async ({ input }): Promise<LockReport> => {
      const accountId = accountOf(registry, input.id)
      const verdict = await killSwitch.whoHolds(accountId)
      const record = 'record' in verdict ? verdict.record : undefined
      return {
        accountId,
        verdict: verdict.kind,
        held: mayBeHeld(verdict),
        text: describeHolder(verdict),
        takeover: describeTakeover(verdict),
        record: record ? recordRow(record) : null,
        recordFile: layout.lockRecord(accountId),
        guardFile: layout.guard(accountId),
      }
    }),
  }
}

function recordRow({ pid, instanceId, startedAt, mode, appVersion, exe, generation }: LockRecord) {
  const at = new Date(startedAt)
  return {
    ...{ pid, instanceId, mode, appVersion, generation, program: exe },
    startedAt: Number.isNaN(at.getTime()) ? null : at.toISOString(),
  }
}
