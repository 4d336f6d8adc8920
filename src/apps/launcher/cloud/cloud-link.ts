import { statSync } from 'node:fs'
import type { CloudAsk, CloudClient } from '../../../adapters/cloud/ask.ts'
import { addressOf } from '../../../adapters/cloud/cloud-for-start.ts'
import { chooseCloudServer, cloudServerOf, type CloudServer } from '../../../adapters/cloud/cloud-server.ts'
import { lateCloudClient } from '../../../adapters/cloud/late-cloud-client.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import { readLeaseKeys } from '../../../contracts/cloud/licence.ts'
import type { CloudChoice } from '../../../contracts/cloud/choice.ts'
import type { LocalCloudState } from '../local-cloud.ts'

/** The launcher's way to the cloud that this installation has chosen. */
export type CloudLink = Readonly<{
  server(): CloudServer
  /** How the process of this computer's own cloud stands. */
  local(): LocalCloudState
  /** undefined while none is chosen. `shared`: a team's, from which others learn. */
  chosen(): Readonly<{ ask: CloudAsk; client: CloudClient; shared: boolean }> | undefined
  /** Asks whether it answers, and for new keys of its leases. */
  check(budgetMs: number): Promise<void>
  /** @throws {Refused} as `chooseCloudServer` */
  use(choice: CloudChoice): Promise<void>
  close(): void
}>

export type CloudLinkParts = Readonly<{
  layout: HomeLayout
  version: string
  log: Pick<Log, 'info' | 'warn'>
  /** A user of this installation, for questions that are about none. */
  userId: () => string | undefined
  /** Left out: none is run. */
  local?: () => LocalCloudState
}>

export function openCloudLink({ layout, version, log, userId, local }: CloudLinkParts): CloudLink {
  let seen: { mark: string; server: CloudServer; client: CloudClient | undefined } | undefined

  /** The choice may be changed by whoever has the file: looked at again at every use. */
  function current(): NonNullable<typeof seen> {
    const mark = markOf(layout.cloudFile)
    if (seen?.mark === mark) return seen
    const server = cloudServerOf(layout)
    const address = addressOf(server, layout)
    if (server.problem) log.warn('cloud-choice-unreadable', server.problem.message)
    // Keys may change while the place stays; what is known of the place is kept then.
    const isSame = seen && JSON.stringify(addressOf(seen.server, layout)) === JSON.stringify(address)
    if (!isSame) seen?.client?.close()
    const open = () =>
      address && lateCloudClient({ address, deviceId: ensureDeviceId(layout), appVersion: version, userId: userId() })
    seen = { mark, server, client: isSame ? seen?.client : open() }
    return seen
  }

  async function check(budgetMs: number): Promise<void> {
    const { client, server } = current()
    const asked = await client?.ask(readLeaseKeys, {}, { budgetMs, userId: userId() })
    if (asked?.kind !== 'answer' || server.kind !== 'team') return
    const { newerKeyList } = await import('../../../adapters/lease-keys/key-list.ts')
    const newer = newerKeyList(asked.value.signed, server)
    if (!newer || (newer.keysVersion === server.keysVersion && sameKeys(newer.keys, server.keys))) return
    await chooseCloudServer(layout, { ...server, ...newer, keys: [...newer.keys] }, server)
    if (sameKeys(newer.keys, server.keys)) return
    log.info('cloud-keys-changed', 'The cloud has new keys for its leases, vouched for by one that is trusted', {
      keys: newer.keys.map(({ kid }) => kid),
    })
  }

  return {
    server: () => current().server,
    local: () => local?.() ?? { kind: 'off' },
    chosen: () => {
      const { client, server } = current()
      return client && { ask: client.ask, client, shared: server.kind === 'team' }
    },
    check,
    async use(choice) {
      await chooseCloudServer(layout, choice)
      log.info('cloud-chosen', `Cloud: ${choice.kind === 'team' ? choice.url : choice.kind}`)
    },
    close: () => seen?.client?.close(),
  }
}

function sameKeys(one: readonly { kid: string }[], other: readonly { kid: string }[]): boolean {
  return JSON.stringify(one.map(({ kid }) => kid)) === JSON.stringify(other.map(({ kid }) => kid))
}

function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : ''
}
