import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { bundledEvents } from '../../../adapters/calendar/bundled-events.ts'
import { licensedUsers } from '../../../adapters/account-secrets/licence-key.ts'
import { trustedLeaseKeys } from '../../../adapters/cloud/cloud-for-start.ts'
import { answerOrRefuse } from '../../../adapters/cloud/refuse-trouble.ts'
import { readDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { outboxOf } from '../../../adapters/outbox/outbox-of.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import { readLeaseKeys } from '../../../contracts/cloud/licence.ts'
import type { AccountCloud, CloudServerState, LicensedUser } from '../../../contracts/launcher/cloud.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import type { LookContext } from '../cloud/account-licence.ts'
import type { CloudLink } from '../cloud/cloud-link.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** How long a look at another cloud, and at ours, may take, milliseconds. */
const LOOK_MS = 10_000
const CHECK_MS = 3_000
const BEGINNING_MS = 10_000
const LOOK_EVERY_MS = 100

export function cloudHandler(api: Implementer, parts: ApiParts) {
  const { layout, registry, cloud, vault, now } = parts
  return api.cloud.handler(async () => {
    // Loaded when somebody looks: it is cryptography.
    const { accountLicence } = await import('../cloud/account-licence.ts')
    const server = cloud.server()
    const look = { layout, deviceId: readDeviceId(layout), keys: await trustedLeaseKeys(server, layout), now: now() }
    const licensed = namesIn(vault)
    const midnight = new Date(now()).setHours(0, 0, 0, 0)
    return {
      deviceId: look.deviceId ?? null,
      calendarAsOf: bundledEvents().asOf,
      server: serverState(cloud),
      users: usersOf(settingsOf(parts), licensed),
      accounts: registry.list().map((entry): AccountCloud => {
        if (!('settings' in entry)) return { ...NOTHING, accountId: entry.accountId, problem: entry.corrupt }
        const { settings } = entry
        const context: LookContext = { ...look, hasKey: licensed.includes(settings.userId) }
        const { phase } = parts.fleet.bot(settings.accountId).view()
        const status = phase.kind === 'attached' ? phase.status : undefined
        const licence = accountLicence(context, settings, status)
        const { mode, accountId } = settings
        const known = { ...NOTHING, accountId, mode, licence, confidence: settings.cloud.confidence }
        try {
          const outbox = outboxOf(layout, accountId, midnight, server.kind === 'team')
          const { waiting, oldestWaitingAt, parked, parkedRows, deliveredToday } = outbox
          return { ...known, waiting, oldestWaitingAt, parked, parkedRows, deliveredToday }
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          return { ...known, problem: error.refusal }
        }
      }),
    }
  })
}

export function cloudServerHandlers(api: Implementer, { layout, cloud, health, now }: ApiParts) {
  return {
    look: api.cloudServer.look.handler(async ({ input: { url } }) => {
      const { openCloudClient } = await import('../../../adapters/cloud/open-cloud-client.ts')
      const deviceId = readDeviceId(layout) ?? 'unknown-device'
      const client = openCloudClient({ address: { url }, deviceId, appVersion: health.version })
      try {
        const { keys } = answerOrRefuse(await client.ask(readLeaseKeys, {}, { budgetMs: LOOK_MS }))
        return { url, keys }
      } finally {
        client.close()
      }
    }),
    use: api.cloudServer.use.handler(async ({ input }) => {
      await cloud.use(input)
      return serverState(cloud)
    }),
    check: api.cloudServer.check.handler(async () => {
      if (cloud.server().kind === 'local') await beginning(layout, Date.parse(health.startedAt), now)
      await cloud.check(CHECK_MS)
      return serverState(cloud)
    }),
  }
}

/** The local cloud starts after the launcher: whoever asks in its first seconds waits for it a little. */
async function beginning({ cloudEndpoint }: HomeLayout, startedAt: number, now: () => number): Promise<void> {
  const isThere = () => process.platform === 'win32' || existsSync(cloudEndpoint)
  for (let waited = 0; waited < CHECK_MS && now() - startedAt < BEGINNING_MS && !isThere(); waited += LOOK_EVERY_MS)
    await delay(LOOK_EVERY_MS)
}

function serverState(cloud: CloudLink): CloudServerState {
  const server = cloud.server()
  const contact = cloud.chosen()?.client.contact()
  const trouble = server.problem ?? contact?.lastTrouble
  return {
    kind: server.kind,
    ...(server.kind === 'team'
      ? { url: server.url, keys: server.keys.map(({ kid }) => kid) }
      : { url: null, keys: [] }),
    circuit: contact?.circuit ?? null,
    restMs: contact?.restMs ?? 0,
    lastAnswerAt: contact?.lastAnswerAt === undefined ? null : new Date(contact.lastAnswerAt).toISOString(),
    problem: trouble ? { message: trouble.message, nextStep: trouble.nextStep } : null,
  }
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
