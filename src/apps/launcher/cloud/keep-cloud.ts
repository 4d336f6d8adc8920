import { storedLease } from '../../../adapters/cloud/lease-file.ts'
import { accountFolders } from '../../../adapters/home/account-folders.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { CloudLink } from './cloud-link.ts'
import { openDelivery } from './deliver-outbox.ts'

export type KeepCloudParts = Readonly<{
  layout: HomeLayout
  link: CloudLink
  log: Log
  instanceId: string
  now: () => EpochMs
  /** 0 ≤ draw < 1. */
  random: () => number
}>

/** Milliseconds: after the launcher is ready, between two looks at whether the cloud answers, and for one. */
const CHECK = { first: 10_000, every: 600_000, budget: 10_000 } as const

/** What the launcher does with the cloud for all accounts: delivers contributions, and keeps the keys of leases current. */
export function keepCloud(parts: KeepCloudParts): Readonly<{ close(): Promise<void> }> {
  const { layout, link, log, instanceId, random } = parts
  const delivery = openDelivery({
    ...{ layout, instanceId, random, log, now: parts.now },
    accounts: () => accountFolders(layout),
    cloud: () => link.chosen(),
    leaseOf: (accountId) => storedLease(layout, accountId),
  })
  delivery.start()
  let timer = setTimeout(function look() {
    const again = () => (timer = setTimeout(look, CHECK.every).unref())
    link.check(CHECK.budget).then(again, (error: unknown) => {
      log.warn('cloud-check-failed', 'The keys of the cloud could not be kept current', { error })
      again()
    })
  }, CHECK.first).unref()
  return {
    async close() {
      clearTimeout(timer)
      await delivery.close()
    },
  }
}
