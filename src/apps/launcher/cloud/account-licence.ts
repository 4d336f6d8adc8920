import { unnamedAccount } from '../../../adapters/cloud/account-ref-of.ts'
import { readLeaseFile } from '../../../adapters/cloud/lease-file.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { PublicLeaseKey } from '../../../adapters/lease-keys/signed-text.ts'
import { verifyLease } from '../../../adapters/lease-keys/verify-lease.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import type { BotStatus } from '../../../contracts/bot-protocol.ts'
import type { AccountCloud } from '../../../contracts/launcher/cloud.ts'
import { viewLicence } from '../../../domain/licence/licence-standing.ts'
import { readTrustedClock, trustedClock } from '../../../domain/licence/trusted-clock.ts'
import { epochMs, type EpochMs } from '../../../domain/units/units.ts'

type Shown = NonNullable<AccountCloud['licence']>

const PAPER: Shown = {
  ...{ entries: 'allowed', code: '', message: 'Paper trading needs no licence.', rung: null, until: null },
}

export type LookContext = Readonly<{
  layout: HomeLayout
  deviceId: string | undefined
  keys: readonly PublicLeaseKey[]
  hasKey: boolean
  now: EpochMs
}>

/** Where the licence of an account stands: as its bot says, or, where none runs, as its last one left it. */
export function accountLicence(
  { layout, deviceId, keys, hasKey, now }: LookContext,
  { accountId, mode, gateway }: AccountSettings,
  status: BotStatus | undefined,
): Shown {
  if (mode === 'paper') return PAPER
  if (status?.licence) {
    const { rung, code, text, until } = status.licence
    const isOpen = rung === 'fresh' || rung === 'silent' || rung === 'warn'
    const entries = isOpen ? 'allowed' : 'refused'
    return { entries, code, message: text, rung, until: iso(until) }
  }
  if (gateway.account === 'none') {
    const { message, nextStep } = unnamedAccount(accountId)
    return {
      entries: 'refused',
      code: 'licence-refused',
      message: `${message} ${nextStep}`,
      rung: 'missing',
      until: null,
    }
  }
  const file = readLeaseFile(layout.lease(accountId))
  const found = file.token === null || file.released ? undefined : verifyLease(file.token, keys, deviceBound(deviceId))
  const lease = found?.kind === 'lease' ? found.claims : undefined
  if (!lease && !file.refused && hasKey)
    return {
      ...{ entries: 'allowed', code: '', rung: null, until: null },
      message: 'A licence key is kept; the lease is taken when the bot starts.',
    }
  const clock = trustedClock(epochMs(Math.max(file.floorMs, (lease?.iat ?? 0) * 1_000)), 0)
  const standing = { lease, refused: file.refused ?? undefined, trouble: file.trouble ?? undefined, hasKey }
  const { verdict, code, rung, until, text } = viewLicence(standing, readTrustedClock(clock, now, 0))
  return { entries: verdict.entries, code, message: text, rung, until: iso(until ?? null) }
}

const deviceBound = (deviceId: string | undefined) => (deviceId === undefined ? {} : { deviceId })

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
