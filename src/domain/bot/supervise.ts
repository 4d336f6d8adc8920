import type { RefusalCode } from '../failure/refusal.ts'
import type { EpochMs } from '../units/units.ts'
import type { StopReason } from './bot.ts'

/** When a crashed bot is started again, and when a person must look first. Times in milliseconds. */
export const RESTART_POLICY = {
  firstDelayMs: 1_000,
  longestDelayMs: 60_000,
  /** Share of a delay that jitter takes off or adds. */
  jitter: 0.2,
  /** So many crashes within `windowMs`, and the account waits for a person. */
  crashes: 5,
  windowMs: 600_000,
  /** A bot that ran so long before it crashed starts the doubling anew. */
  healthyMs: 600_000,
} as const

/** How a bot ended, as far as its supervisor can tell; `ranMs` is how long it had run, milliseconds. */
export type BotEnding =
  | { readonly kind: 'ended'; readonly reason: StopReason; readonly ranMs: number }
  /** It was gone without an orderly end. */
  | { readonly kind: 'died'; readonly ranMs: number }

/** What supervision remembers of an account between two bots. */
export type CrashHistory = Readonly<{
  /** Times of the crashes within the window, oldest first. */
  crashes: readonly EpochMs[]
  /** Crashes since the last healthy run; sets the delay. */
  streak: number
}>

export const NO_CRASHES: CrashHistory = Object.freeze({ crashes: Object.freeze([]), streak: 0 })

export type NextMove =
  /** Nothing to do: it ended as it should. */
  | { readonly kind: 'rest'; readonly reason: StopReason }
  | { readonly kind: 'restart'; readonly delayMs: number; readonly history: CrashHistory }
  /** Crashed too often; only a person starts it again. */
  | { readonly kind: 'give-up'; readonly history: CrashHistory }

/**
 * What a start may be refused for now and not the next time, although nobody has touched the account: whoever holds it
 * ends, room is made on the disk, somebody opens the vault. Any other refusal waits for a person, since starting again
 * would end the same way.
 */
const PASSING: ReadonlySet<string> = new Set<RefusalCode>([
  'account-held',
  'guard-unavailable',
  'disk-full',
  'home-read-only',
  'system-busy',
  'timed-out',
  'vault-locked',
  'keychain-unusable',
])

export function mayPass(code: string): boolean {
  return PASSING.has(code)
}

/** Of these nothing is strained by asking often, and the account should be looked after soon. */
const SOON: ReadonlySet<string> = new Set<RefusalCode>(['account-held', 'vault-locked'])
const SOON_MS = 5_000

/**
 * Milliseconds until a bot that was refused for what may pass is tried again. However often that was, no person is
 * waited for: it did not crash.
 *
 * @param refusals in a row, 1 or more
 * @param draw     as `superviseEnding`
 */
export function retryDelay(code: string, refusals: number, draw: number): number {
  return SOON.has(code) ? SOON_MS : restartDelay(refusals, draw)
}

/**
 * What to do when a bot that should be running is not.
 *
 * A requested stop, the end of the feed, a refusal and a lost guard are no crashes: starting again would end the same
 * way or fight another owner. A bot that says `failed` and one that vanished are. One that was only there to close
 * everything (the kill switch starts it where no bot answers) says nothing of the bot that should be running.
 *
 * @param history what happened before this ending
 * @param draw    0 ≤ draw < 1, random; spreads the restarts of bots that crashed together
 */
export function superviseEnding(ending: BotEnding, history: CrashHistory, now: EpochMs, draw: number): NextMove {
  if (ending.kind === 'ended' && ending.reason === 'flattened')
    return { kind: 'restart', delayMs: restartDelay(Math.max(1, history.streak), draw), history }
  if (ending.kind === 'ended' && ending.reason !== 'failed') return { kind: 'rest', reason: ending.reason }

  const recent = history.crashes.filter((at) => at > now - RESTART_POLICY.windowMs && at <= now)
  const crashes = [...recent, now]
  const healthy = ending.ranMs >= RESTART_POLICY.healthyMs
  const streak = healthy ? 1 : history.streak + 1
  if (crashes.length >= RESTART_POLICY.crashes) return { kind: 'give-up', history: { crashes, streak } }
  return { kind: 'restart', delayMs: restartDelay(streak, draw), history: { crashes, streak } }
}

/**
 * 1 s, doubled for each crash in a row, at most 60 s, ± 20 %.
 *
 * @param streak crashes in a row, 1 or more
 */
export function restartDelay(streak: number, draw: number): number {
  const { firstDelayMs, longestDelayMs, jitter } = RESTART_POLICY
  const plain = Math.min(longestDelayMs, firstDelayMs * 2 ** (streak - 1))
  return Math.round(Math.min(longestDelayMs, plain * (1 - jitter + 2 * jitter * draw)))
}
