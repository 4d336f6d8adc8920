import { setTimeout as delay } from 'node:timers/promises'
import { bundledReleases } from '../../../adapters/calendar/bundled-releases.ts'
import { licensedUsers } from '../../../adapters/account-secrets/licence-key.ts'
import type { CloudContact } from '../../../adapters/cloud/ask.ts'
import { trustedLeaseKeys } from '../../../adapters/cloud/cloud-for-start.ts'
import { answerOrRefuse } from '../../../adapters/cloud/refuse-trouble.ts'
import { accountFolders } from '../../../adapters/home/account-folders.ts'
import { readDeviceId } from '../../../adapters/home/device-id.ts'
import { outboxOf } from '../../../adapters/outbox/outbox-of.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import { readLeaseKeys } from '../../../contracts/cloud/licence.ts'
import type { OutboxState } from '../../../contracts/launcher/outbox.ts'
import type { AccountCloud, CloudServerState, LicensedUser, RemovedCloud } from '../../../contracts/launcher/cloud.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import type { LookContext } from '../cloud/account-licence.ts'
import type { CloudLink } from '../cloud/cloud-link.ts'
import type { LocalCloudState } from '../local-cloud.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** How long a look at another cloud, and at ours, may take, milliseconds. */
const LOOK_MS = 10_000
const CHECK_MS = 3_000
const LOOK_EVERY_MS = 100

export function cloudHandler(api: Implementer, parts: ApiParts) {
  const { layout, registry, cloud, vault, now } = parts
  return api.cloud.handler(async () => {
    // Loaded when somebody looks: it is cryptography.
    const { accountLicence } = await import('../cloud/account-licence.ts')
    const server = cloud.server()
    const trusted = await trustedLeaseKeys(server, layout)
    const look = { layout, deviceId: readDeviceId(layout), keys: trusted.keys, now: now() }
    const licensed = namesIn(vault)
    const midnight = new Date(now()).setHours(0, 0, 0, 0)
    const entries = registry.list()
    const known = new Set(entries.map(({ accountId }) => accountId))
    const outboxIn = (accountId: AccountId) => outboxOf(layout, accountId, midnight, server.kind === 'team')
    return {
      deviceId: look.deviceId ?? null,
      calendarAsOf: bundledReleases().asOf,
      server: serverState(cloud),
      users: usersOf(settingsOf(parts), licensed),
      accounts: entries.map((entry): AccountCloud => {
        if (!('settings' in entry)) return { ...NOTHING, accountId: entry.accountId, problem: entry.corrupt }
        const { settings } = entry
        const context: LookContext = { ...look, hasKey: licensed.includes(settings.userId) }
        const { phase } = parts.fleet.bot(settings.accountId).view()
        const status = phase.kind === 'attached' ? phase.status : undefined
        const licence = accountLicence(context, settings, status)
        const { mode, accountId } = settings
        const standing = { ...NOTHING, accountId, mode, licence, confidence: settings.cloud.confidence }
        try {
          const { waiting, oldestWaitingAt, parked, parkedRows, deliveredToday } = outboxIn(accountId)
          return { ...standing, waiting, oldestWaitingAt, parked, parkedRows, deliveredToday }
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          return { ...standing, problem: error.refusal }
        }
      }),
      removed: accountFolders(layout)
        .filter((accountId) => !known.has(accountId))
        .map((accountId) => leftBy(accountId, outboxIn))
        .filter(({ waiting, parked, problem }) => waiting + parked > 0 || problem !== null),
    }
  })
}

function leftBy(accountId: AccountId, outboxIn: (id: AccountId) => OutboxState): RemovedCloud {
  try {
    const { waiting, parked, parkedRows } = outboxIn(accountId)
    return { accountId, waiting, parked, parkedRows, problem: null }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { accountId, waiting: 0, parked: 0, parkedRows: [], problem: error.refusal }
  }
}

export function cloudServerHandlers(api: Implementer, { layout, cloud, health }: ApiParts) {
  return {
    look: api.cloudServer.look.handler(async ({ input: { url } }) => {
      const { openCloudClient } = await import('../../../adapters/cloud/open-cloud-client.ts')
      const deviceId = readDeviceId(layout) ?? 'unknown-device'
      const client = openCloudClient({ address: { url }, deviceId, appVersion: health.version })
      try {
        const { keys, signed } = answerOrRefuse(await client.ask(readLeaseKeys, {}, { budgetMs: LOOK_MS }))
        const { newerKeyList } = await import('../../../adapters/lease-keys/key-list.ts')
        const { keysVersion, keysToldAt } = newerKeyList(signed, { keys }) ?? {}
        return { url, keys, keysVersion, keysToldAt }
      } finally {
        client.close()
      }
    }),
    use: api.cloudServer.use.handler(async ({ input }) => {
      await cloud.use(input)
      return serverState(cloud)
    }),
    check: api.cloudServer.check.handler(async () => {
      // It starts after the launcher: whoever asks in its first seconds waits for it a little.
      for (let waited = 0; waited < CHECK_MS && isStarting(cloud); waited += LOOK_EVERY_MS) await delay(LOOK_EVERY_MS)
      if (!isStarting(cloud)) await cloud.check(CHECK_MS)
      return serverState(cloud)
    }),
  }
}

function isStarting(cloud: CloudLink): boolean {
  return cloud.server().kind === 'local' && cloud.local().kind === 'starting'
}

function serverState(cloud: CloudLink): CloudServerState {
  const server = cloud.server()
  const contact = cloud.chosen()?.client.contact()
  const local = server.kind === 'local' ? cloud.local() : OFF
  return {
    kind: server.kind,
    ...(server.kind === 'team'
      ? { url: server.url, keys: server.keys.map(({ kid }) => kid) }
      : { url: null, keys: [] }),
    local: local.kind === 'off' ? null : local.kind,
    circuit: contact?.circuit ?? null,
    restMs: local.kind === 'resting' ? local.restMs : (contact?.restMs ?? 0),
    lastAnswerAt: contact?.lastAnswerAt === undefined ? null : new Date(contact.lastAnswerAt).toISOString(),
    problem: problemOf(server.problem, local, contact),
  }
}

const OFF: LocalCloudState = { kind: 'off' }

/** That nobody answered before it ran says nothing of a local cloud; why it does not run says it all. */
function problemOf(
  unreadable: Refusal | undefined,
  local: LocalCloudState,
  contact: CloudContact | undefined,
): CloudServerState['problem'] {
  if (local.kind === 'resting') return local.problem
  if (local.kind === 'starting') return local.problem ?? null
  const isPast = local.kind === 'running' && (contact?.lastTroubleAt ?? 0) < local.since
  const trouble = unreadable ?? (isPast ? undefined : contact?.lastTrouble)
  return trouble ? { message: trouble.message, nextStep: trouble.nextStep } : null
}

function settingsOf({ registry }: ApiParts): readonly AccountSettings[] {
  return registry.list().flatMap((entry) => ('settings' in entry ? [entry.settings] : []))
}

function usersOf(all: readonly AccountSettings[], licensed: readonly string[]): LicensedUser[] {
  const ids = [...new Set([...all.map(({ userId }) => userId), ...licensed])]
  return ids.map((userId) => {
    const own = all.filter((one) => one.userId === userId)
    const users = [...new Set(own.map(({ user }) => user))]
    const liveAccounts = own.filter(({ mode }) => mode === 'live').length
    return { userId, users, hasKey: licensed.includes(userId), liveAccounts }
  })
}

/** A vault that can't be read is told of elsewhere. */
function namesIn(vault: ApiParts['vault']): readonly string[] {
  try {
    return licensedUsers(vault)
  } catch {
    return []
  }
}

const NOTHING = {
  ...{ mode: null, licence: null, confidence: null, problem: null },
  ...{ waiting: 0, oldestWaitingAt: null, parked: 0, parkedRows: [], deliveredToday: 0 },
}
