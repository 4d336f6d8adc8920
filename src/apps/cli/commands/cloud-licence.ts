import { userIdOf } from '../../../adapters/account-registry/read-settings.ts'
import { addAudit, auditOf } from '../../../adapters/cloud-db/admin-records.ts'
import { listLicences, readLicence, type LicenceSummary } from '../../../adapters/cloud-db/licence-listings.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { licenceState, type LicenceState } from '../../../domain/licence/judge-licence.ts'
import type { PlanName } from '../../../domain/licence/lease.ts'
import { MOST_ACCOUNTS, MOST_DAYS, MOST_DEVICES, PLANS } from '../../../domain/licence/plans.ts'
import { mailAddress } from '../../../domain/mail/mail-address.ts'
import { CloudRefused } from '../../cloud/cloud-call.ts'
import { freeAccount } from '../../cloud/licence/free-account.ts'
import { forgetGoneDevice } from '../../cloud/licence/forget-gone-device.ts'
import { forgetIdleDevice } from '../../cloud/licence/licence-handlers.ts'
import { licenceDetails } from '../../cloud/licence/licence-views.ts'
import { makeLicence } from '../../cloud/licence/make-licence.ts'
import { renewKey } from '../../cloud/licence/renew-key.ts'
import { revokeLicence } from '../../cloud/licence/revoke-licence.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { isoTime } from '../time-text.ts'
import { wholeNumber } from '../whole-number.ts'
import { withCloudDb, type CloudPlace } from '../with-cloud-db.ts'

export type LicenceCreateOptions = CloudPlace &
  Readonly<{
    user: string
    plan: string
    accounts?: string
    devices?: string
    days?: string
    email?: string
    mail?: boolean
  }>

const ACTOR = 'cli'
const by = (cli: Cli) => ({ actor: ACTOR, at: cli.now() })

/** `slipway cloud license create`: the one time that the key is shown. */
export function licenceCreate(cli: Cli, options: LicenceCreateOptions): Promise<number> {
  const { user } = options
  if (user.trim() === '') refuse('bad-usage', 'The user name is empty.', 'Give the broker user name: --user U')
  const plan = planNamed(options.plan)
  const number = (name: 'accounts' | 'devices' | 'days', most: number) =>
    options[name] === undefined ? undefined : wholeNumber(options[name], `--${name}`, 1, most)
  const [accounts, devices] = [number('accounts', MOST_ACCOUNTS), number('devices', MOST_DEVICES)]
  const days = number('days', MOST_DAYS)
  const email = options.email === undefined ? undefined : addressOf(options.email)
  return withCloudDb(cli, options, async (db) => {
    const wanted = {
      userId: userIdOf(user),
      plan,
      accounts,
      devices,
      days,
      email,
      mail: options.mail,
      source: 'cli' as const,
    }
    const { key, licence, mail } = await makeLicence(db, wanted, by(cli))
    const { id, userId, expiresAt } = licence
    const said = {
      licenseKey: key,
      id,
      userId,
      plan,
      accounts: licence.accounts,
      devices: licence.devices,
      expiresAt,
      mail,
    }
    cli.out.answer({ ...said, expiresAt: expiresAt === null ? null : isoTime(expiresAt) }, () => {
      cli.out.line(key)
      cli.out.note(`Licence ${id} of user ${userId}: ${termsOf(licence)}.`)
      cli.out.note('The key is shown this once and kept nowhere: hand it over now.')
      if (mail === 'queued')
        cli.out.note(
          `A mail to ${email} says that it is ready, without the key; the server sends it, where it has SMTP_URL.`,
        )
    })
    return 0
  })
}

/** `slipway cloud license list`. */
export function licenceList(cli: Cli, options: CloudPlace & Readonly<{ user?: string; state?: string }>) {
  const { user, state } = options
  const isState = (text: string): text is LicenceState => ['active', 'expired', 'revoked'].includes(text)
  if (state !== undefined && !isState(state))
    refuse('bad-usage', `${JSON.stringify(state)} is no state.`, 'Use active, expired or revoked.')
  return withCloudDb(cli, options, async (db) => {
    const now = cli.now()
    const wanted = { limit: 500, userId: user === undefined ? undefined : userIdOf(user), state }
    const found: LicenceSummary[] = []
    for (;;) {
      const last = found.at(-1)
      const after = last && { at: last.createdAt, id: last.id }
      const page = await listLicences(db, { ...wanted, after }, now)
      found.push(...page)
      if (page.length < wanted.limit) break
    }
    cli.out.answer(
      found.map((one) => summaryJson(one, now)),
      () => {
        if (found.length === 0)
          return cli.out.line('No licences. Make one: slipway cloud license create --user U --plan pro')
        cli.out.table(
          [
            { title: 'LICENCE', text: (row) => row.id },
            { title: 'KEY', text: (row) => (row.keyHint === '' ? 'unclaimed' : `${row.keyHint}…`) },
            { title: 'USER', text: (row) => row.userId },
            { title: 'PLAN', text: (row) => row.plan },
            { title: 'ACCOUNTS', text: (row) => `${row.accountsUsed}/${row.accounts}`, align: 'right' },
            { title: 'DEVICES', text: (row) => `${row.devicesUsed}/${row.devices}`, align: 'right' },
            { title: 'STATE', text: (row) => licenceState(row, now) },
            { title: 'ENDS', text: (row) => (row.expiresAt === null ? '–' : isoTime(row.expiresAt).slice(0, 10)) },
            { title: 'MADE BY', text: (row) => row.source },
          ],
          found,
        )
      },
    )
    return 0
  })
}

/** `slipway cloud license show ID`. */
export function licenceShow(cli: Cli, id: string, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const now = cli.now()
    const found = (await readLicence(db, id, now)) ?? refuseUnknown(id)
    const { devices, accounts, leases, events } = found.history
    const { out } = cli
    out.answer({ ...summaryJson(found, now), ...detailsJson(found, now) }, () => {
      out.line(`Licence    ${id} (${licenceState(found, now)})`)
      out.line(`User       ${found.userId}${found.email === null ? '' : `, ${found.email}`}`)
      out.line(`Terms      ${termsOf(found)}`)
      if (found.revokedReason !== null) out.line(`Revoked    ${found.revokedReason}`)
      if (found.subscription) out.line(`Paid by    ${found.subscription.id} (${found.subscription.status})`)
      for (const one of devices) out.line(`Device     ${one.id} ${one.appVersion}, last here ${isoTime(one.lastAt)}`)
      for (const one of accounts) out.line(`Account    ${one.id} ${one.mode}, last here ${isoTime(one.lastAt)}`)
      for (const one of leases) out.line(`Lease      ${one.accountId} fence ${one.fence}, device ${one.deviceId}`)
      for (const { at, kind, actor, detail } of events) out.line(`${isoTime(at)}  ${kind}  ${detail}  (${actor})`)
    })
    return 0
  })
}

/** `slipway cloud license revoke ID`. */
export async function licenceRevoke(
  cli: Cli,
  id: string,
  options: CloudPlace & Readonly<{ reason: string; yes?: boolean }>,
): Promise<number> {
  await confirm(cli, {
    yes: options.yes,
    what: `Licence ${id} ends for good. Bots that run on it make no more entries; their exits and stops go on.`,
    word: 'revoke',
  })
  return withCloudDb(cli, options, async (db) => {
    if (!(await revokeLicence(db, id, options.reason, by(cli)))) refuseUnknown(id)
    cli.out.answer({ id, revoked: true }, () => cli.out.line(`Licence ${id} is revoked.`))
    return 0
  })
}

/** `slipway cloud license new-key ID`. */
export function licenceNewKey(cli: Cli, id: string, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const licenseKey = (await renewKey(db, id, by(cli))) ?? refuseUnknown(id)
    cli.out.answer({ licenseKey, id }, () => {
      cli.out.line(licenseKey)
      cli.out.note('The old key opens nothing any more. This one is shown this once: hand it over now.')
    })
    return 0
  })
}

/** `slipway cloud license forget-device ID DEVICE`. */
export async function licenceForgetDevice(
  cli: Cli,
  id: string,
  device: string,
  options: CloudPlace & Readonly<{ gone?: boolean; yes?: boolean }>,
): Promise<number> {
  if (options.gone)
    await confirm(cli, {
      yes: options.yes,
      what: `${device} loses its seat and the live accounts that it holds. If it is not gone, its bots make no more entries; exits and stops go on.`,
      word: 'gone',
    })
  return withCloudDb(cli, options, async (db) => {
    const forget = options.gone ? forgetGoneDevice : forgetIdleDevice
    const forgotten = await forget(db, id, device, by(cli)).catch((error: unknown) => {
      if (error instanceof CloudRefused)
        return refuse('bad-usage', error.message, 'Stop its bot; if the device is gone, add --gone.')
      throw error
    })
    cli.out.answer({ id, device, forgotten }, () =>
      cli.out.line(forgotten ? `The seat of ${device} is free.` : `${device} has no seat on ${id}.`),
    )
    return 0
  })
}

/** `slipway cloud license free-account REF`. */
export async function licenceFreeAccount(
  cli: Cli,
  accountId: string,
  options: CloudPlace & Readonly<{ to?: string; reason: string; yes?: boolean }>,
): Promise<number> {
  if (!/^[0-9a-f]{32}$/.test(accountId))
    refuse('bad-usage', 'The reference of an account has 32 hex digits.', 'Take it from the refusal account_foreign.')
  const userId = options.to === undefined ? undefined : userIdOf(options.to)
  const whose = userId === undefined ? 'whoever takes it next' : `user ${userId}`
  await confirm(cli, {
    yes: options.yes,
    what: `The account goes to ${whose}. Whoever trades it now makes no more entries; exits and stops go on.`,
    word: 'free',
  })
  return withCloudDb(cli, options, async (db) => {
    const { reason } = options
    await addAudit(db, auditOf('leases.free', accountId, `for ${userId ?? 'all'}: ${reason}`, cli.now()))
    if (!(await freeAccount(db, { accountId, userId, reason }, by(cli))))
      refuse(
        'bad-usage',
        'Nobody has this account, or it is so already.',
        'Check the reference; slipway cloud license show names the accounts of a licence.',
      )
    cli.out.answer({ account: accountId, userId: userId ?? null, freed: true }, () =>
      cli.out.line(`Account ${accountId} is for ${whose}.`),
    )
    return 0
  })
}

function summaryJson(one: LicenceSummary, now: ReturnType<Cli['now']>) {
  const { id, keyHint, userId, email, plan, accounts, devices, accountsUsed, devicesUsed, source, revokedReason } = one
  const time = (at: number | null) => (at === null ? null : isoTime(at))
  return {
    ...{ id, keyHint, userId, email, plan, accounts, devices, accountsUsed, devicesUsed, source },
    ...{ state: licenceState(one, now), createdAt: time(one.createdAt), expiresAt: time(one.expiresAt) },
    ...{ revokedAt: time(one.revokedAt), revokedReason },
    subscription: one.subscription && { ...one.subscription, periodEnd: time(one.subscription.periodEnd) },
  }
}

/** As the API says them, in the words of the command line. */
function detailsJson(one: Parameters<typeof licenceDetails>[0], now: ReturnType<Cli['now']>) {
  const { leases } = licenceDetails(one, now)
  const seat = ({ id, firstAt, lastAt }: { id: string; firstAt: number; lastAt: number }) => ({
    ...{ id, firstAt: isoTime(firstAt), lastAt: isoTime(lastAt) },
  })
  return {
    seats: {
      devices: one.history.devices.map((device) => ({ ...seat(device), appVersion: device.appVersion })),
      accounts: one.history.accounts.map((account) => ({ ...seat(account), mode: account.mode })),
    },
    leases: leases.map((lease) => ({
      ...{ accountId: lease.account_id, deviceId: lease.device_id, fence: lease.fence, state: lease.state },
      ...{ takenAt: lease.taken_at, renewedAt: lease.renewed_at, heldUntil: lease.held_until },
    })),
    events: one.history.events.map(({ at, ...event }) => ({ at: isoTime(at), ...event })),
  }
}

function termsOf({ plan, accounts, devices, expiresAt }: LicenceTermsShown): string {
  const ends = expiresAt === null ? 'without end' : `until ${isoTime(expiresAt)}`
  return `${plan}, ${accounts} live accounts, ${devices} devices, ${ends}`
}
type LicenceTermsShown = Pick<LicenceSummary, 'plan' | 'accounts' | 'devices' | 'expiresAt'>

function planNamed(text: string): PlanName {
  return Object.hasOwn(PLANS, text)
    ? (text as PlanName)
    : refuse('bad-usage', `${JSON.stringify(text)} is no plan.`, `Use ${Object.keys(PLANS).join(', ')}.`)
}

function addressOf(text: string): string {
  return mailAddress(text) ?? refuse('bad-usage', `${JSON.stringify(text)} is no mail address.`, 'Give one address.')
}

function refuseUnknown(id: string): never {
  return refuse('bad-usage', `There is no licence ${JSON.stringify(id)}.`, 'List them: slipway cloud license list')
}
