import { bundledEvents } from '../../../adapters/calendar/bundled-events.ts'
import { readDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { readOutbox } from '../../../adapters/state-db/read-outbox.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import type { AccountCloud } from '../../../contracts/launcher/cloud.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import { licenceOf } from '../../../domain/licence/licence.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function cloudHandler(api: Implementer, parts: ApiParts) {
  const { layout, registry } = parts
  return api.cloud.handler(() => ({
    deviceId: readDeviceId(layout) ?? null,
    calendarAsOf: bundledEvents().asOf,
    accounts: registry.list().map((entry): AccountCloud => {
      if (!('settings' in entry)) return { ...NOTHING, accountId: entry.accountId, problem: entry.corrupt }
      return accountCloud(layout, entry.settings)
    }),
  }))
}

function accountCloud(layout: HomeLayout, { accountId, mode }: AccountSettings): AccountCloud {
  const verdict = licenceOf(mode)
  const licence =
    verdict.entries === 'allowed'
      ? { entries: verdict.entries, code: '', message: 'Paper trading needs no licence.' }
      : { entries: verdict.entries, code: verdict.code, message: `${verdict.message} ${verdict.nextStep}` }
  try {
    const { waiting, oldestAt } = readOutbox(layout, accountId)
    const oldestWaitingAt = oldestAt === undefined ? null : new Date(oldestAt).toISOString()
    return { ...NOTHING, accountId, mode, licence, waiting, oldestWaitingAt }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ...NOTHING, accountId, mode, licence, problem: error.refusal }
  }
}

const NOTHING = { mode: null, licence: null, waiting: 0, oldestWaitingAt: null, problem: null } as const
