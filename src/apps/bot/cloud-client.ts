import { cloudConfidence } from '../../adapters/cloud/cloud-confidence.ts'
import type { LeaseKeeper, LeaseKeeperParts } from '../../adapters/cloud/lease-keeper.ts'
import { openCloudClient } from '../../adapters/cloud/open-cloud-client.ts'
import { SECRET } from '../../adapters/account-secrets/secret-names.ts'
import type { BotCloud } from '../../contracts/bot-start.ts'
import { epochMs } from '../../domain/units/units.ts'
import { APP_VERSION } from '../version.ts'
import type { CloudParts, Opened } from './cloud-parts.ts'

/** Everything of a bot that speaks with the cloud. Loaded late: open-cloud.ts. */
export async function openCloudParts(parts: CloudParts, cloud: BotCloud): Promise<Opened> {
  const { settings, instrumentOf } = parts
  const { address, deviceId } = cloud
  const client = openCloudClient({ address, deviceId, appVersion: APP_VERSION, userId: settings.userId })
  const keeper = await keeperOf(parts, cloud, client.ask)
  const { confidence } = settings.cloud
  return {
    client,
    keeper,
    confidence: cloudConfidence({
      ask: client.ask,
      use: confidence === 'off' ? 'shrink' : confidence,
      instrumentOf,
      isOwn: 'socketPath' in address,
      lease: () => keeper?.token(),
    }),
  }
}

/** Cryptography is loaded for live accounts only. */
async function keeperOf(
  { layout, accountId, settings, secrets, log, changed }: CloudParts,
  { deviceId, lease }: BotCloud,
  ask: LeaseKeeperParts['ask'],
): Promise<LeaseKeeper | undefined> {
  if (settings.mode !== 'live' || !lease) return undefined
  const { openLeaseKeeper } = await import('../../adapters/cloud/lease-keeper.ts')
  const keeper = openLeaseKeeper({
    ...{ file: layout.lease(accountId), deviceId, userId: settings.userId, appVersion: APP_VERSION, ask, changed },
    ...{ accountRef: lease.accountRef, trusted: lease, licenceKey: secrets[SECRET.licenceKey] },
    ...{ now: () => epochMs(Date.now()), monotonic: () => performance.now(), random: Math.random },
    say: (level, event, message) => log[level](event, message),
  })
  keeper.start()
  return keeper
}
