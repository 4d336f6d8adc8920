import { randomBytes } from 'node:crypto'
import { readLeaseKeys, releaseLicence, validateLicence } from '../../contracts/cloud/licence.ts'
import { fullJitterMs } from '../../domain/failure/backoff.ts'
import { RENEW_EVERY_MS } from '../../domain/licence/grace-ladder.ts'
import { viewLicence, type LicenceRefusal, type LicenceView } from '../../domain/licence/licence-standing.ts'
import { hearServerTime, readTrustedClock, trustedClock, type TrustedTime } from '../../domain/licence/trusted-clock.ts'
import type { Lease } from '../../domain/licence/lease.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import { newerKeyList, type KeyList } from '../lease-keys/key-list.ts'
import { verifyLease } from '../lease-keys/verify-lease.ts'
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
  /** Keys that leases may be signed with, as the starter knows them. */
  trusted: KeyList
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
  /**
   * Gives the account free, within a time, milliseconds; keeps the lease where the server can't have heard of it. Nothing is
   * asked for after it.
   */
  release(withinMs: number): Promise<void>
  close(): void
}>

/** Answers that are final until the server says otherwise; whatever else comes is trouble, and the ladder goes on. */
const FINAL = new Set([
  ...['license_invalid', 'license_expired', 'license_revoked', 'seat_limit', 'device_limit'],
  ...['account_foreign', 'account_held', 'lease_lost'],
])

/** How long the list of keys may take, milliseconds: a lease waits for it. */
const KEYS_MS = 5_000
/** Milliseconds. `held`: another device trades the account, and may end soon; `look`: between two asked for by a look. */
const AGAIN = { held: 60_000, refused: 600_000, look: 300_000, trouble: { baseMs: 5_000, capMs: 300_000 } } as const

export function openLeaseKeeper(parts: LeaseKeeperParts): LeaseKeeper {
  const { file, now, monotonic, random, say, ask } = parts
  const bound = { deviceId: parts.deviceId, accountId: parts.accountRef }
  const kept = readLeaseFile(file)
  let { token, refused, trouble, released, keyList } = kept as {
    -readonly [Key in keyof typeof kept]: (typeof kept)[Key]
  }
  let trusted = (keyList === null ? undefined : newerKeyList(keyList, parts.trusted)) ?? parts.trusted
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
    const found = verifyLease(text, trusted.keys, bound)
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
      writeLeaseFile(file, { version: 1, token, floorMs: time().clock.floorMs, refused, released, trouble, keyList })
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

  /** The server's list as it is now, where one of the keys that we trust vouches for it; what it has withdrawn ends with it. */
  async function learnKeys(): Promise<void> {
    const asked = await ask(readLeaseKeys, {}, { userId: parts.userId, budgetMs: KEYS_MS })
    const newer = asked.kind === 'answer' ? newerKeyList(asked.value.signed, trusted) : undefined
    if (asked.kind !== 'answer' || !newer) return
    ;[trusted, keyList] = [newer, asked.value.signed]
    if (lease === undefined || genuine(token)) return
    ;[lease, token, isOurs] = [undefined, null, false]
    say(
      'warn',
      'lease-withdrawn',
      'The cloud has withdrawn the key that the lease was signed with; another is asked for.',
    )
  }

  /** @returns why it can't be used */
  function accept(text: string, nonce: string): string | undefined {
    const found = verifyLease(text, trusted.keys, bound)
    if (found.kind === 'refused') return `the cloud answered a lease that can't be used. ${found.message}`
    // With it, whatever is answered is newer than what we have: also where a server's clock was ahead when it made that.
    if (found.claims.nonce !== nonce) return 'the cloud answered a lease that was made for another question'
    lease = found.claims
    clock = hearServerTime(epochMs(lease.iat * 1_000), now(), monotonic())
    token = text
    ;[refused, released, isOurs] = [null, false, true]
    return undefined
  }

  async function checkNow(): Promise<void> {
    const { licenceKey } = parts
    if (licenceKey === undefined || isLost || isClosed) return
    triedAt = monotonic()
    const nonce = randomBytes(16).toString('base64url')
    const asked = await ask(
      validateLicence,
      {
        ...{ license_key: licenceKey, user_id: parts.userId, device_id: parts.deviceId, account_id: parts.accountRef },
        ...{ app_version: parts.appVersion, mode: 'live' as const, nonce },
      },
      { lease: isOurs && token !== null ? token : undefined },
    )
    // Of a server that can't be reached nobody learns a key either.
    if (!isClosed && (asked.kind === 'answer' || asked.failure.kind === 'refused')) await learnKeys()
    if (isClosed) return
    const problem = asked.kind === 'answer' ? accept(asked.value.lease, nonce) : noted(asked.failure)
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
    token: () => (released || refused || !lease ? undefined : (token ?? undefined)),
    check,
    start() {
      timer = setTimeout(() => undefined).unref()
      void check()
    },
    async release(withinMs) {
      clearTimeout(timer)
      timer = undefined
      // A renewal under way may bring a newer lease, and only the newest gives the account free.
      const until = monotonic() + withinMs
      await within(withinMs / 2, checking)
      isClosed = true
      if (!lease || token === null || released || refused || lease.fence === 0) return
      // Before it is sent: a server that hears it may give the account to another device at once. Where that can't be
      // written down, a start without the cloud would trade on a lease that is another's by then: so it stays ours.
      released = true
      if (!keep()) return
      const { userId, deviceId, accountRef } = parts
      const asked = await ask(
        releaseLicence,
        { user_id: userId, device_id: deviceId, account_id: accountRef, fence: lease.fence },
        { lease: token, budgetMs: Math.max(1, until - monotonic()) },
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

/** Ends with what is waited for, or with the time, milliseconds. */
async function within(ms: number, done: Promise<void> | undefined): Promise<void> {
  if (!done) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([done, late]).finally(() => clearTimeout(timer))
}

const LOST =
  'No entries are made here; exits go on. Stop one of the two bots; to trade here again, restart this one after the other has ended.'
