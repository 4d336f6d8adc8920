import type { Asked, CloudAsk } from '../../../adapters/cloud/ask.ts'
import { storedLease } from '../../../adapters/cloud/lease-file.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import {
  entriesBehind,
  lastDecision,
  type EntriesBehind,
  type EntryRow,
} from '../../../adapters/state-db/read-entries.ts'
import { lookIntoState } from '../../../adapters/state-db/read-only-state.ts'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import { shareSignal } from '../../../contracts/cloud/push.ts'
import type { SharingAccount } from '../../../contracts/launcher/signals.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { isBundledStrategy } from '../../../domain/experience/shared-features.ts'
import { judgeWindow } from '../../../domain/rate/sliding-window.ts'
import { sharedSignalOf, type SharedSignal, type SignalSource } from '../../../domain/signal/shared-signal.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { setupOf } from '../../../engine/bot/ask-pool.ts'
import type { CloudLink } from './cloud-link.ts'
import { marksOf } from './delivery-round.ts'
import type { Shared, SignalBoard } from './signal-board.ts'

export type SignalSharingParts = Readonly<{
  layout: HomeLayout
  link: Pick<CloudLink, 'chosen'>
  log: Pick<Log, 'info' | 'warn'>
  /** Every account of this home. */
  accounts: () => readonly AccountSettings[]
  board: Pick<SignalBoard, 'sharing'>
  now: () => EpochMs
  /** Milliseconds of a clock that is never set. */
  elapsed?: () => number
}>

export type SignalSharing = Readonly<{
  /** Looks by itself until closed; this looks now. */
  look(): void
  /** Every account that is set to share. */
  read(): readonly SharingAccount[]
  close(): void
}>

/** Milliseconds: between two looks, and all that one signal may take. */
const TIMES = { look: 1_000, budget: 5_000 } as const
/** Of one user; bots and contributions ask the same server, which allows 100. */
const PACE = { limit: 10, windowMs: 60_000 } as const
/** Accounts that found the same within this time tell of it once: how many there are is nobody's business. */
const SAME_MS = 30_000
const MOST_ENTRIES = 20

type Followed = {
  mark: string
  /** The last decision that was seen; undefined: not looked at yet. */
  seq: number | undefined
  shared: number
  lastSharedAt: EpochMs | undefined
  problem: SharingAccount['problem']
  unreadable: boolean
}

/**
 * Tells the cloud of entries that accounts have decided on, where their owner wants that. It reads what bots have written
 * down, after the fact and in another process: no bot knows of it, waits for it or can be hurt by it. What can't be told
 * within seconds is told to nobody.
 */
export function shareSignals(parts: SignalSharingParts): SignalSharing {
  const { layout, link, log, board, now, elapsed = () => performance.now() } = parts
  const followed = new Map<AccountId, Followed>()
  const paces = new Map<string, number[]>()
  const told = new Map<string, number>()
  let isClosed = false

  const sharing = () => parts.accounts().filter(({ cloud }) => cloud.signals === 'share')

  function lookAt(settings: AccountSettings): void {
    const id = settings.accountId
    const mark = marksOf(layout, id).state
    const known = followed.get(id) ?? begun()
    followed.set(id, known)
    if (known.mark === mark && known.seq !== undefined) return
    known.mark = mark
    const { seq } = known
    if (seq === undefined) {
      // What was decided before anybody shared is not told.
      known.seq = lookIntoState(layout, id, lastDecision) ?? 0
      return
    }
    const found = lookIntoState(layout, id, (view) => entriesBehind(view, seq, MOST_ENTRIES))
    // A state that was put back from a backup goes on from where it is.
    known.seq = found?.last ?? 0
    if (!found || settings.feed.kind === 'replay') return
    for (const row of found.rows) tell(settings, known, row, found)
  }

  function tell(settings: AccountSettings, known: Followed, row: EntryRow, found: EntriesBehind): void {
    const cloud = link.chosen()
    const { strategyId, instruments } = found
    if (!cloud || strategyId === undefined) return
    const { at, features, confidence } = row
    const { symbol, side } = (row.command ? setupOf(row.command) : row) ?? { symbol: row.symbol, side: undefined }
    const instrument = instruments.get(symbol)
    const signal = sharedSignalOf({ at, instrument, side, strategyId, features, confidence }, now(), !cloud.shared)
    const lease = cloud.shared ? leaseOf(settings) : undefined
    if (!signal || (cloud.shared && lease === undefined) || !mayTell(settings, signal)) return
    void send(cloud.ask, settings, known, signal, lease)
  }

  function mayTell({ userId, accountId }: AccountSettings, signal: SharedSignal): boolean {
    const at = elapsed()
    for (const [key, since] of told) if (at - since > SAME_MS) told.delete(key)
    const key = JSON.stringify([userId, signal.symbolClass, signal.side, signal.strategy])
    if (told.has(key)) return false
    const pace = paces.get(userId) ?? []
    const { allowed, expired } = judgeWindow(pace, at, PACE)
    paces.set(userId, [...pace.slice(expired), ...(allowed ? [at] : [])])
    if (allowed) told.set(key, at)
    else log.info('signal-not-shared', 'More signals than may be shared in a minute: this one is not', { accountId })
    return allowed
  }

  async function send(
    ask: CloudAsk,
    settings: AccountSettings,
    known: Followed,
    { symbolClass, ...signal }: SharedSignal,
    lease: string | undefined,
  ): Promise<void> {
    const { accountId, userId } = settings
    const source = sourceOf(settings)
    const ended = board.sharing()
    let shared: Shared | undefined
    try {
      const asked = await ask(
        shareSignal,
        { user_id: userId, symbol_class: symbolClass, ...signal, source },
        { budgetMs: TIMES.budget, lease },
      )
      if (asked.kind === 'answer')
        shared = { seq: asked.value.seq, accountId, signal: { symbolClass, ...signal }, source }
      note(known, accountId, asked)
    } catch (error) {
      log.warn('signal-not-shared', 'A signal could not be shared', { accountId, error })
    } finally {
      ended(shared)
    }
  }

  function note(known: Followed, accountId: AccountId, asked: Asked<unknown>): void {
    if (isClosed) return
    if (asked.kind === 'failed') {
      const { message, nextStep } = asked.failure
      if (known.problem?.message !== message) log.info('signal-not-shared', message, { accountId })
      known.problem = { message, nextStep }
      return
    }
    known.shared++
    known.lastSharedAt = now()
    known.problem = null
  }

  /** Any of that user's proves that he holds a licence; a paper account has none of its own. */
  function leaseOf({ accountId, userId }: AccountSettings): string | undefined {
    const others = parts.accounts().filter((one) => one.userId === userId && one.accountId !== accountId)
    for (const id of [accountId, ...others.map((one) => one.accountId)]) {
      const lease = storedLease(layout, id)
      if (lease !== undefined) return lease
    }
    return undefined
  }

  function look(): void {
    const wanted = sharing()
    for (const id of followed.keys()) if (!wanted.some(({ accountId }) => accountId === id)) followed.delete(id)
    for (const settings of wanted) {
      try {
        lookAt(settings)
        followed.get(settings.accountId)!.unreadable = false
      } catch (error) {
        const known = followed.get(settings.accountId)!
        const { accountId } = settings
        if (!known.unreadable)
          log.warn('signals-unread', 'What an account decides can not be read; it shares nothing', { accountId, error })
        known.unreadable = true
      }
    }
  }

  function stateOf(settings: AccountSettings): SharingAccount['state'] {
    if (settings.feed.kind === 'replay') return 'replay'
    if (link.chosen()?.shared !== true) return 'shares'
    if (!isBundledStrategy(settings.strategy)) return 'own-strategy'
    return leaseOf(settings) === undefined ? 'no-lease' : 'shares'
  }

  const timer = setInterval(look, TIMES.look).unref()
  // Now, so that what is decided from now on is told.
  look()
  return {
    look,
    read: () =>
      sharing().map((settings) => {
        const { accountId } = settings
        const { shared = 0, lastSharedAt, problem = null } = followed.get(accountId) ?? {}
        const last = lastSharedAt === undefined ? null : new Date(lastSharedAt).toISOString()
        return { accountId, state: stateOf(settings), shared, lastSharedAt: last, problem }
      }),
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}

function begun(): Followed {
  return { mark: '', seq: undefined, shared: 0, lastSharedAt: undefined, problem: null, unreadable: false }
}

function sourceOf({ feed, mode }: AccountSettings): SignalSource {
  return feed.kind === 'synthetic' ? 'synthetic' : mode
}
