import { cloudConfidence } from '../../adapters/cloud/cloud-confidence.ts'
import { openLeaseKeeper, type LeaseKeeper } from '../../adapters/cloud/lease-keeper.ts'
import { openCloudClient } from '../../adapters/cloud/open-cloud-client.ts'
import { SECRET } from '../../adapters/account-secrets/secret-names.ts'
import type { BotCloud } from '../../contracts/bot-start.ts'
import { epochMs } from '../../domain/units/units.ts'
import { APP_VERSION } from '../version.ts'
import type { CloudParts, Opened } from './open-cloud.ts'

/** Everything of a bot that speaks with the cloud. Loaded late: open-cloud.ts. */
export function openCloudParts(parts: CloudParts, cloud: BotCloud): Opened {
  const { settings, instrumentOf } = parts
  const { address, deviceId } = cloud
  const client = openCloudClient({ address, deviceId, appVersion: APP_VERSION, userId: settings.userId })
  const keeper = keeperOf(parts, cloud, client.ask)
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

function keeperOf(
  { layout, accountId, settings, secrets, log, changed }: CloudParts,
  { deviceId, lease }: BotCloud,
  ask: Parameters<typeof openLeaseKeeper>[0]['ask'],
): LeaseKeeper | undefined {
  if (settings.mode !== 'live' || !lease) return undefined
  const keeper = openLeaseKeeper({
    ...{ file: layout.lease(accountId), deviceId, userId: settings.userId, appVersion: APP_VERSION, ask, changed },
    ...{ accountRef: lease.accountRef, keys: lease.keys, licenceKey: secrets[SECRET.licenceKey] },
    ...{ now: () => epochMs(Date.now()), monotonic: () => performance.now(), random: Math.random },
    say: (level, event, message) => log[level](event, message),
  })
  keeper.start()
  return keeper
}
