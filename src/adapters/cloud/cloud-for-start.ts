import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotCloud } from '../../contracts/bot-start.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { ensureDeviceId } from '../home/device-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import type { KeyList } from '../lease-keys/key-list.ts'
import type { CloudAddress } from './ask.ts'
import { cloudServerOf, type CloudServer } from './cloud-server.ts'

type CloudHome = Pick<HomeLayout, 'cloudFile' | 'cloudEndpoint' | 'cloudKeys' | 'device'>

/** Where a chosen cloud is; undefined for none. */
export function addressOf(server: CloudServer, { cloudEndpoint }: Pick<CloudHome, 'cloudEndpoint'>) {
  if (server.kind === 'none') return undefined
  return (server.kind === 'local' ? { socketPath: cloudEndpoint } : { url: server.url }) satisfies CloudAddress
}

/**
 * Keys that leases of the chosen cloud may be signed with: those a person has agreed to, and of the local cloud, which is
 * ours, those it has. Empty where there are none yet.
 */
export async function trustedLeaseKeys(server: CloudServer, layout: CloudHome): Promise<KeyList> {
  if (server.kind === 'none') return { keys: [] }
  if (server.kind === 'team') {
    const { keys, keysVersion, keysToldAt } = server
    return { keys, keysVersion, keysToldAt }
  }
  // Loaded for live accounts only: it is cryptography.
  const { keyListVersion, readKeyFile } = await import('../lease-keys/key-file.ts')
  try {
    const file = readKeyFile(layout.cloudKeys)
    const keys = file.keys.map(({ kid, public_key }) => ({ kid, public_key }))
    return { keys, keysVersion: keyListVersion(file) }
  } catch (error) {
    if (error instanceof Refused) return { keys: [] }
    throw error
  }
}

/**
 * What a bot is told of the cloud at its start; undefined where it works without one.
 *
 * @throws the file system's error where a device id can't be made
 */
export async function cloudForStart(
  layout: CloudHome,
  { mode, cloud, feed }: AccountSettings,
  accountRef: () => Promise<string | undefined>,
): Promise<BotCloud | undefined> {
  const server = cloudServerOf(layout)
  const address = addressOf(server, layout)
  // History told again asks nobody.
  if (!address || (mode === 'paper' && (cloud.confidence === 'off' || feed.kind === 'replay'))) return undefined
  const deviceId = ensureDeviceId(layout as HomeLayout)
  const ref = mode === 'live' ? await accountRef() : undefined
  if (ref === undefined) return { address, deviceId }
  return { address, deviceId, lease: { accountRef: ref, ...(await trustedLeaseKeys(server, layout)) } }
}
