import { randomUUID } from 'node:crypto'
import type { AccountEntry } from '../../adapters/account-registry/account-entries.ts'
import type { AccountRegistry } from '../../adapters/account-registry/account-registry.ts'
import { whyNotStarted } from '../../adapters/bot-process/ask-to-start.ts'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import type { AccountStatus, FleetEvent, StartOutcome, StopOutcome } from '../../contracts/fleet.ts'
import type { LiveEvent } from '../../contracts/launcher/live.ts'
import type { LastExit } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import type { Currency } from '../../domain/instrument/instrument.ts'
import { accountStatus } from './account-status.ts'
import { openEventRing, type EventRing } from './event-ring.ts'
import { summary, type BotView } from './bot-phase.ts'
import { openLiveDesk, type LiveDesk } from './live/live-desk.ts'
import { IN_ORDER, type StopRequest } from './stop-bot.ts'
import { superviseBot, type SupervisedBot, type SupervisionContext } from './supervised-bot.ts'

export type FleetContext = Omit<SupervisionContext, 'onChange'> &
  Readonly<{
    registry: AccountRegistry
    /** Of the account's instrument; for accounts without figures of their own. */
    currencyOf: (symbol: string) => Currency
    /** Names this run of the launcher in event ids. */
    instanceId: string
    /** News of shared signals, for pages. */
    signals: EventRing<LiveEvent>
  }>

export type Fleet = Readonly<{
  /** From memory; nothing is asked or read. */
  status(): AccountStatus[]
  events: EventRing<FleetEvent>
  /** The same and more, as pages follow it. */
  live: LiveDesk
  bot(id: AccountId): SupervisedBot
  start(ids: readonly AccountId[], wait: boolean, timeoutMs: number): Promise<StartOutcome[]>
  stop(ids: readonly AccountId[], request: StopRequest, timeoutMs: number): Promise<StopOutcome[]>
  restart(ids: readonly AccountId[], wait: boolean, timeoutMs: number): Promise<StartOutcome[]>
  /** Reads the registry again: after a change of it, and now and then for changes by hand. */
  refresh(): void
  /** Finds the bots that run. Silent ones are waited for a second, and looked for further after that. */
  adoptAll(): Promise<void>
  close(): void
}>

/** Milliseconds. */
const LOOK_INTERVAL_MS = 2_000
/** Figures of a trading bot change at every bar; watchers get them at most this often. A change of state is told at once. */
const FIGURES_INTERVAL_MS = 500
/** Pages are told what has changed, and no more than that, so they can be told sooner; after a quiet while at once. */
const LIVE_INTERVAL_MS = 100
const STOP_TIMEOUT_MS = 30_000
/** A bot that works answers in a few milliseconds; nobody is kept from the others by one that does not. */
const ADOPTION_MS = 1_000
const EVENTS_HELD = 2_000

/** All accounts of a home with their supervised bots, and the stream of what changes. */
export function openFleet(ctx: FleetContext): Fleet {
  const bots = new Map<AccountId, SupervisedBot>()
  const exits = new Map<AccountId, LastExit | undefined>()
  const told = new Map<AccountId, string>()
  const changed = new Set<AccountId>()
  const changedLive = new Set<AccountId>()
  let entries = new Map<AccountId, AccountEntry>()
  let figuresTimer: NodeJS.Timeout | undefined
  let liveTimer: NodeJS.Timeout | undefined
  let toldLiveAt = -LIVE_INTERVAL_MS

  const events = openEventRing<FleetEvent>(ctx.instanceId, EVENTS_HELD, () => ({
    type: 'snapshot',
    accounts: status(),
  }))
  const live = openLiveDesk(ctx)

  function bot(id: AccountId): SupervisedBot {
    const known = bots.get(id)
    if (known) return known
    const opened = superviseBot({ ...ctx, onChange }, id)
    bots.set(id, opened)
    exits.set(id, readLastExit(ctx.layout, id))
    return opened
  }

  function row(entry: AccountEntry): AccountStatus {
    const { accountId } = entry
    const symbol = 'settings' in entry ? entry.settings.symbol : ''
    return accountStatus(entry, bot(accountId).view(), exits.get(accountId), ctx.currencyOf(symbol), ctx.now())
  }

  function status(): AccountStatus[] {
    return [...entries.values()].map(row)
  }

  function onChange(id: AccountId): void {
    const kind = bots.get(id)?.view().phase.kind
    if (kind === 'idle' || kind === 'crashed' || kind === 'backing-off') exits.set(id, readLastExit(ctx.layout, id))
    const entry = entries.get(id)
    if (!entry) return
    const life = lifeOf(bot(id).view())
    if (told.get(id) === life) {
      changed.add(id)
      figuresTimer ??= setTimeout(tellFigures, FIGURES_INTERVAL_MS).unref()
      changedLive.add(id)
      liveTimer ??= setTimeout(tellLive, Math.max(0, LIVE_INTERVAL_MS - (performance.now() - toldLiveAt))).unref()
      return
    }
    told.set(id, life)
    changed.delete(id)
    changedLive.delete(id)
    tell(row(entry))
  }

  function tell(account: AccountStatus): void {
    events.publish({ type: 'status', account })
    live.tell([account])
  }

  function tellLive(): void {
    liveTimer = undefined
    toldLiveAt = performance.now()
    const known = [...changedLive].flatMap((id) => entries.get(id) ?? [])
    changedLive.clear()
    live.tell(known.map(row))
  }

  function tellFigures(): void {
    figuresTimer = undefined
    for (const id of changed) {
      const entry = entries.get(id)
      if (entry) events.publish({ type: 'status', account: row(entry) })
    }
    changed.clear()
  }

  function refresh(): void {
    const before = entries
    entries = new Map(ctx.registry.list().map((entry) => [entry.accountId, entry]))
    for (const id of before.keys()) {
      if (entries.has(id)) continue
      events.publish({ type: 'removed', accountId: id })
      live.remove(id)
    }
    for (const [id, entry] of entries) {
      if (before.get(id) === entry || ('corrupt' in entry && isSameTrouble(before.get(id), entry))) continue
      tell(row(entry))
    }
    for (const id of [...bots.keys()]) if (!entries.has(id)) forget(id)
  }

  function forget(id: AccountId): void {
    if (bots.get(id)?.view().phase.kind === 'attached') return
    bots.get(id)?.close()
    for (const map of [bots, exits, told]) map.delete(id)
  }

  function look(): void {
    try {
      refresh()
    } catch (error) {
      ctx.log.error('look-failed', 'The accounts could not be looked at', { error })
    }
    // Each by itself: one that is busy, closing its positions perhaps, must not keep the others from being looked at.
    for (const [accountId, one] of bots)
      one
        .look()
        .catch((error: unknown) => ctx.log.error('look-failed', 'A bot could not be looked at', { accountId, error }))
  }
  const lookTimer = setInterval(look, LOOK_INTERVAL_MS).unref()

  async function startOne(id: AccountId, wait: boolean, timeoutMs: number): Promise<StartOutcome> {
    try {
      const first = await bot(id).start()
      const isOver = first.outcome !== 'started' && first.outcome !== 'already-running'
      return wait && !isOver ? await bot(id).settled(timeoutMs) : first
    } catch (error) {
      return {
        ...{ accountId: id, outcome: 'failed' as const, state: 'stopped' as const },
        ...{ reason: null, pid: null, instanceId: null, refusal: refusalOf(error) },
      }
    }
  }

  async function stopOne(id: AccountId, act: (one: SupervisedBot) => Promise<StopOutcome>): Promise<StopOutcome> {
    try {
      return await act(bot(id))
    } catch (error) {
      return { accountId: id, outcome: 'failed', killed: false, refusal: refusalOf(error) }
    }
  }

  async function whyNot(accountId: AccountId) {
    const secrets = await ctx.secretsOf(accountId)
    const start = { home: ctx.layout.root, accountId, instanceId: randomUUID(), secrets }
    return whyNotStarted(ctx.program, start)
  }

  function refusalOf(error: unknown) {
    if (error instanceof Refused) return error.refusal
    ctx.log.error('internal', 'An action on a bot failed', { error })
    return refusal('internal', 'Something went wrong inside the launcher.', `Look at ${ctx.layout.launcherLog}`)
  }

  return {
    status,
    events,
    live,
    bot,
    start: (ids, wait, timeoutMs) => Promise.all(ids.map((id) => startOne(id, wait, timeoutMs))),
    stop: (ids, request, timeoutMs) => Promise.all(ids.map((id) => stopOne(id, (one) => one.stop(request, timeoutMs)))),
    restart: (ids, wait, timeoutMs) =>
      Promise.all(
        ids.map(async (id) => {
          const left = (refused: StartOutcome['refusal']) => {
            const { state, stateReason: reason, pid, instanceId } = row(entries.get(id)!)
            return { accountId: id, outcome: 'refused' as const, state, reason, pid, instanceId, refusal: refused }
          }
          // A bot that could not be started again, its vault being locked or its settings unfit, is not stopped.
          const noStart = await whyNot(id).catch(refusalOf)
          if (noStart) return left(noStart)
          const stop = await stopOne(id, (one) => one.stop(IN_ORDER, STOP_TIMEOUT_MS))
          if (stop.outcome === 'stopped' || stop.outcome === 'not-running') return startOne(id, wait, timeoutMs)
          return left(stop.refusal)
        }),
      ),
    refresh,
    async adoptAll() {
      refresh()
      const adopting = [...entries.keys()].map((id) =>
        bot(id)
          .adopt(ADOPTION_MS)
          .catch((error: unknown) =>
            ctx.log.error('adopt-failed', 'An account could not be looked at', { accountId: id, error }),
          ),
      )
      await Promise.all(adopting)
    },
    close() {
      clearInterval(lookTimer)
      clearTimeout(figuresTimer)
      clearTimeout(liveTimer)
      live.close()
      for (const one of bots.values()) one.close()
    },
  }
}

/** What of a bot is told at once when it changes. */
function lifeOf({ phase, lastError }: BotView): string {
  const { state, reason, pid } = summary(phase)
  return `${state} ${pid} ${reason} ${phase.kind === 'attached' ? phase.status.lastError : lastError}`
}

function isSameTrouble(before: AccountEntry | undefined, now: AccountEntry): boolean {
  if (!before || !('corrupt' in before) || !('corrupt' in now)) return false
  return before.corrupt.message === now.corrupt.message
}
