import { userIdOf } from '../../../adapters/account-registry/read-settings.ts'
import {
  forgetLicenceKey,
  keepLicenceKey,
  licensedUsers,
  readLicenceKey,
} from '../../../adapters/account-secrets/licence-key.ts'
import { accountRefOf, unnamedAccount } from '../../../adapters/cloud/account-ref-of.ts'
import { answerOrRefuse } from '../../../adapters/cloud/refuse-trouble.ts'
import { trustedLeaseKeys } from '../../../adapters/cloud/cloud-for-start.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import { readOwnLicence } from '../../../contracts/cloud/admin.ts'
import { validateLicence } from '../../../contracts/cloud/licence.ts'
import type { OwnLicence } from '../../../contracts/launcher/cloud.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { accountOf } from '../known-account.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** Somebody waits, and may press a button again, milliseconds. */
const WAIT_MS = 10_000

export function licenceHandlers(api: Implementer, parts: ApiParts) {
  const { registry, vault, log, layout, cloud, health } = parts

  async function ownLicence(userId: string, key: string): Promise<OwnLicence> {
    const { ask } = cloud.chosen() ?? refuseNone()
    const found = answerOrRefuse(
      await ask(readOwnLicence, { user_id: userId, license_key: key }, { budgetMs: WAIT_MS }),
    )
    return {
      ...{ userId, id: found.id, keyHint: found.key_hint, plan: found.plan, state: found.state },
      expiresAt: found.expires_at === null ? null : new Date(found.expires_at).toISOString(),
      accounts: { used: found.accounts_used, most: found.accounts },
      devices: { used: found.devices_used, most: found.devices },
    }
  }

  /** The user who was named, else the only one this computer has accounts or a key of. */
  function userIdFor(user: string | undefined): string {
    if (user !== undefined) return userIdOf(user)
    const all = registry.list().flatMap((entry) => ('settings' in entry ? [entry.settings] : []))
    const live = all.filter(({ mode }) => mode === 'live')
    const ids = new Set((live.length > 0 ? live : all).map(({ userId }) => userId))
    if (ids.size === 0) for (const id of licensedUsers(vault)) ids.add(id)
    const [only, ...others] = ids
    if (only !== undefined && others.length === 0) return only
    return refuse(
      'bad-usage',
      only === undefined
        ? 'There is no account yet, so it is not known whose licence this is.'
        : 'This computer has accounts of several users: whose licence is it?',
      'Name the user as at the broker: --user NAME',
    )
  }

  async function keyOf(userId: string): Promise<string> {
    return (
      (await readLicenceKey(vault, userId)) ??
      refuse('licence-refused', 'No licence key is kept for this user.', 'Store one: slipway licence set')
    )
  }

  return {
    set: api.licence.set.handler(async ({ input: { user, key } }) => {
      log.addSecret(key)
      const userId = userIdFor(user)
      const found = await ownLicence(userId, key)
      if (found.state !== 'active')
        refuse(
          'licence-refused',
          `The licence is ${found.state === 'revoked' ? 'revoked' : 'over'}: nothing was kept.`,
          'Ask whoever gave it to you for another.',
        )
      await keepLicenceKey(vault, userId, key)
      log.info('licence-kept', `The licence key ${found.keyHint}… was put into the vault`, { userId, plan: found.plan })
      return found
    }),
    show: api.licence.show.handler(async ({ input: { user } }) => {
      const userId = userIdFor(user)
      return ownLicence(userId, await keyOf(userId))
    }),
    forget: api.licence.forget.handler(async ({ input: { user } }) => {
      const userId = userIdFor(user)
      const forgotten = licensedUsers(vault).includes(userId)
      await forgetLicenceKey(vault, userId)
      if (forgotten) log.info('licence-forgotten', 'A licence key was taken out of the vault', { userId })
      return { userId, forgotten }
    }),
    takeOver: api.licence.takeOver.handler(async ({ input: { id } }) => {
      const settings = registry.show(accountOf(registry, id))
      if (settings.mode !== 'live') refuse('bad-usage', `${id} trades on paper, and nobody holds it.`, 'Start its bot.')
      const accountRef = (await accountRefOf(settings)) ?? refuseUnnamed(settings.accountId)
      const { ask } = cloud.chosen() ?? refuseNone()
      const answer = answerOrRefuse(
        await ask(
          validateLicence,
          {
            ...{ license_key: await keyOf(settings.userId), user_id: settings.userId, account_id: accountRef },
            ...{ device_id: ensureDeviceId(layout), app_version: health.version, mode: 'live', take_over: true },
          },
          { budgetMs: WAIT_MS },
        ),
      )
      const { verifyLease } = await import('../../../adapters/lease-keys/verify-lease.ts')
      const { keys } = await trustedLeaseKeys(cloud.server(), layout)
      const found = verifyLease(answer.lease, keys, { accountId: accountRef })
      if (found.kind === 'refused')
        return refuse('licence-refused', `The cloud answered a lease that can't be used. ${found.message}`, USE_AGAIN)
      log.warn('account-taken-over', `${id} was taken over from another device`, { accountId: settings.accountId })
      return { accountId: settings.accountId, fence: found.claims.fence }
    }),
  }
}

const USE_AGAIN = 'Agree to its keys again: slipway cloud use URL'

function refuseNone(): never {
  return refuse(
    'bad-usage',
    'This computer works with no cloud.',
    'Choose one: slipway cloud use local, or its address',
  )
}

function refuseUnnamed(accountId: string): never {
  const { message, nextStep } = unnamedAccount(accountId)
  return refuse('setting-invalid', message, nextStep)
}
