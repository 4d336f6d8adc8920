import { readLeaseKeys, releaseLicence, validateLicence } from '../../contracts/cloud/licence.ts'
import { fullJitterMs } from '../../domain/failure/backoff.ts'
import { RENEW_EVERY_MS } from '../../domain/licence/grace-ladder.ts'
import { viewLicence, type LicenceRefusal, type LicenceView } from '../../domain/licence/licence-standing.ts'
import { hearServerTime, readTrustedClock, trustedClock, type TrustedTime } from '../../domain/licence/trusted-clock.ts'
import type { Lease } from '../../domain/licence/lease.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import type { PublicLeaseKey } from '../lease-keys/signed-text.ts'
import { verifyKeySet, verifyLease } from '../lease-keys/verify-lease.ts'
import type { CloudAsk, CloudTrouble } from './ask.ts'
import { readLeaseFile, writeLeaseFile } from './lease-file.ts'

export type LeaseKeeperParts = Readonly<{
  /** accounts/<id>/lease.json */
  file: string
  deviceId: string
  userId: string
  /** How the cloud names the account. */
  accountRef: string
  appVersion: string
  /** Trusted already. */
  keys: readonly PublicLeaseKey[]
  /** undefined: none is stored, or it is locked away; a stored lease serves as long as it does. */
  licenceKey: string | undefined
  ask: CloudAsk
  /** Wall time. */
  now: () => EpochMs
  /** Milliseconds of a clock that is never set. */
  monotonic: () => number
  /** 0 ≤ random < 1. */
  random: () => number
  /** Once for each change, not for each look. */
  say: (level: 'info' | 'warn' | 'error', event: string, message: string) => void
  /** What `view` gives has changed. */
  changed: () => void
}>

/** Keeps the lease of one live account. */
export type LeaseKeeper = Readonly<{
  /** Where the licence stands at this moment; answers from memory. */
  view(): LicenceView
  /** The newest lease, for headers; undefined where there is none that counts. */
  token(): string | undefined
  /** Asks the server now; never throws. */
  check(): Promise<void>
  /** Asks now, and from then on every hour. */
  start(): void
  /** Gives the account free, within a time, milliseconds; keeps the lease where the server can't have heard of it. */
  release(withinMs: number): Promise<void>
  close(): void
}>

/** Answers that are final until the server says otherwise; whatever else comes is trouble, and the ladder goes on. */
const FINAL = new Set([
  ...['license_invalid', 'license_expired', 'license_revoked', 'seat_limit', 'device_limit'],
  ...['account_foreign', 'account_held', 'lease_lost'],
])

/** Milliseconds. `held`: another device trades the account, and may end soon; `look`: between two asked for by a look. */
const AGAIN = { held: 60_000, refused: 600_000, look: 300_000, trouble: { baseMs: 5_000, capMs: 300_000 } } as const

export function openLeaseKeeper(parts: LeaseKeeperParts): LeaseKeeper {
  const { file, now, monotonic, random, say, ask } = parts
  const bound = { deviceId: parts.deviceId, accountId: parts.accountRef }
  const kept = readLeaseFile(file)
  let keys = parts.keys
  let { token, refused, trouble, released } = kept as { -readonly [Key in keyof typeof kept]: (typeof kept)[Key] }
  let lease = genuine(token)
  let clock = trustedClock(epochMs(Math.max(kept.floorMs, (lease?.iat ?? 0) * 1_000)), monotonic())
  // Asked with its last lease, a server tells a bot that the account was taken over; one that starts asks anew.
  let isOurs = false
  let isLost = false
  let failures = 0
  let triedAt = Number.NEGATIVE_INFINITY
  let checking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let said = ''

  function genuine(text: string | null): Lease | undefined {
    if (text === null) return undefined
    const found = verifyLease(text, keys, bound)
    return found.kind === 'lease' ? found.claims : undefined
  }

  function time(): TrustedTime {
    const read = readTrustedClock(clock, now(), monotonic())
    clock = read.clock
    return read
  }

  function standing(at: TrustedTime): LicenceView {
    const hasKey = parts.licenceKey !== undefined
    const isUsable = !released
    return viewLicence(
      { lease: isUsable ? lease : undefined, refused: refused ?? undefined, trouble: trouble ?? undefined, hasKey },
      at,
    )
  }

  function view(): LicenceView {
    const at = time()
    const seen = standing(at)
    const looks = seen.rung !== 'fresh' || at.isFrozen
    if (looks && timer !== undefined && !isLost && monotonic() - triedAt > AGAIN.look) void check()
    tell(seen)
    return seen
  }

  function tell({ rung, isSaid, text }: LicenceView): void {
    const name = `${rung} ${isSaid}`
    if (name === said) return
    said = name
    const isClosed = rung === 'refused' || rung === 'ended'
    const level = isClosed ? 'error' : isSaid ? 'warn' : 'info'
    say(level, isLost ? 'lease-lost' : `licence-${rung}`, text)
  }

  /** @returns whether it will be there after a restart */
  function keep(): boolean {
    try {
      writeLeaseFile(file, { version: 1, token, floorMs: time().clock.floorMs, refused, released, trouble })
      return true
    } catch (error) {
      say(
        'warn',
        'lease-not-kept',
        `The lease could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      )
      return false
    }
  }

  /** Keys that one we trust vouches for; of a server that has rotated them twice while we were away. */
  async function learnKeys(): Promise<void> {
    const asked = await ask(readLeaseKeys, {}, { userId: parts.userId })
    const set = asked.kind === 'answer' ? verifyKeySet(asked.value.signed, keys) : undefined
    if (set) keys = [...keys, ...set.keys.filter(({ kid }) => !keys.some((known) => known.kid === kid))]
  }

  /** @returns why it can't be used */
  async function accept(text: string): Promise<string | undefined> {
    let found = verifyLease(text, keys, bound)
    if (found.kind === 'refused' && found.why === 'unknown-key') {
      await learnKeys()
      found = verifyLease(text, keys, bound)
    }
    if (found.kind === 'refused') return `the cloud answered a lease that can't be used. ${found.message}`
    if (lease && found.claims.iat < lease.iat) return 'the cloud answered an old lease'
    lease = found.claims
    clock = hearServerTime(clock, epochMs(lease.iat * 1_000), now(), monotonic())
    token = text
    ;[refused, released, isOurs] = [null, false, true]
    return undefined
  }

  async function checkNow(): Promise<void> {
    const { licenceKey } = parts
    if (licenceKey === undefined || isLost) return
    triedAt = monotonic()
    const asked = await ask(
      validateLicence,
      {
        ...{ license_key: licenceKey, user_id: parts.userId, device_id: parts.deviceId, account_id: parts.accountRef },
        ...{ app_version: parts.appVersion, mode: 'live' as const },
      },
      { lease: isOurs && token !== null ? token : undefined },
    )
    if (isClosed) return
    const problem = asked.kind === 'answer' ? await accept(asked.value.lease) : noted(asked.failure)
    trouble = problem ?? null
    failures = problem === undefined ? 0 : failures + 1
    keep()
    view()
    parts.changed()
    if (timer !== undefined) schedule(waitAfter(asked.kind === 'failed' ? asked.failure : undefined, problem))
  }

  /** @returns what is to be told as trouble, where it is no final answer */
  function noted({ kind, code, message, nextStep }: CloudTrouble): string | undefined {
    if (kind !== 'refused' || code === undefined || !FINAL.has(code)) {
      if (code === 'lease_invalid') isOurs = false
      return message
    }
    isLost = code === 'lease_lost'
    refused = { code, message, nextStep: isLost ? LOST : nextStep } satisfies LicenceRefusal
    said = ''
    isOurs = false
    return undefined
  }

  function waitAfter(failure: CloudTrouble | undefined, problem: string | undefined): number {
    if (problem !== undefined)
      return Math.max(failure?.retryAfterMs ?? 0, 1_000 + fullJitterMs(failures, AGAIN.trouble, random()))
    const base = refused === null ? RENEW_EVERY_MS : refused.code === 'account_held' ? AGAIN.held : AGAIN.refused
    return base * (0.9 + 0.2 * random())
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void check(), ms).unref()
  }

  function check(): Promise<void> {
    // A bug here may cost entries, never the bot.
    const failed = (error: unknown) => {
      trouble = `asking for the lease failed: ${error instanceof Error ? error.message : String(error)}`
      if (timer !== undefined) schedule(AGAIN.look)
    }
    checking ??= checkNow()
      .catch(failed)
      .finally(() => (checking = undefined))
    return checking
  }

  return {
    view,
    token: () => (released || refused ? undefined : (token ?? undefined)),
    check,
    start() {
      timer = setTimeout(() => undefined).unref()
      void check()
    },
    async release(withinMs) {
      clearTimeout(timer)
      timer = undefined
      if (!lease || token === null || released || refused || lease.fence === 0) return
      // Before it is sent: a server that hears it may give the account to another device at once. Where that can't be
      // written down, a start without the cloud would trade on a lease that is another's by then: so it stays ours.
      released = true
      if (!keep()) return
      const { userId, deviceId, accountRef } = parts
      const asked = await ask(
        releaseLicence,
        { user_id: userId, device_id: deviceId, account_id: accountRef, fence: lease.fence },
        { lease: token, budgetMs: withinMs },
      )
      const isUnheard = asked.kind === 'failed' && ['unreachable', 'resting', 'invalid'].includes(asked.failure.kind)
      if (!isUnheard) return
      released = false
      keep()
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}

const LOST =
  'No entries are made here; exits go on. Stop one of the two bots; to trade here again, restart this one after the other has ended.'
