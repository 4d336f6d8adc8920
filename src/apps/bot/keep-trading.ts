import type { BotRequest } from '../../contracts/bot-request.ts'
import { judgeFreshness } from '../../domain/feed/judge-freshness.ts'
import type { Broker } from '../../domain/broker/broker.ts'
import type { Feed } from '../../domain/feed/feed.ts'
import type { CashMovement } from '../../domain/ledger/cash-movement.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { epochMs, type EpochMs } from '../../domain/units/units.ts'
import type { BotBook } from '../../engine/bot/bot-book.ts'
import type { BotContext } from '../../engine/bot/bot-context.ts'
import type { CashOutcome } from '../../engine/bot/cash-outcome.ts'
import { wantFlat } from '../../engine/bot/obey.ts'
import type { BotEnd } from '../../engine/bot/loop-edge.ts'
import { runBot } from '../../engine/bot/run-bot.ts'
import { openPriceWatch } from '../../engine/bot/watch-prices.ts'
import { isRiskDue } from '../../engine/bot/watch-risk.ts'
import { afterStart } from './after-start.ts'
import type { Life } from './bot-status.ts'
import type { HaltableState } from './haltable.ts'

/** What the loop is told from outside and obeys between two bars. */
export type LoopCommand = Extract<BotRequest, { type: 'stop' | 'flatten' }>

/** A bot with everything open, ready to run. */
export type Trading = Readonly<{
  ctx: BotContext
  book: BotBook
  generation: number
  run(): Promise<BotEnd>
  /** Asks the loop for something; it obeys between two bars. Resolves when a stop is accepted, a flatten done. */
  ask(command: LoopCommand): Promise<void>
  /** Asks the trading service for something; the loop hands it over between two bars. */
  trade(command: TradeCommand, signalId: string): Promise<TradeOutcome>
  /** Asks for money that moved without a fill to be booked; the loop does it between two bars. */
  bookCash(movement: CashMovement): Promise<CashOutcome>
  /** Ends the wait for the next bar: a report may have left something to do. */
  wake(): void
  /** Stops the loop from acting, at once and for good: its memory may be wrong. */
  halt(cause: unknown): void
  close(): Promise<void>
}>

const FRESHNESS_CHECK_MS = 1_000
/** The longest the loop keeps the process to itself during a replay. */
const BREATH_MS = 15
const RECONCILE_EVERY_MS = 5_000
/** How often books are compared in real time although nothing speaks against them. */
const AUDIT_EVERY_MS = 30_000
/** How long a fill may be missing that the broker has counted, before it is asked. */
const FILL_GRACE_MS = 500

const now = () => epochMs(Date.now())

/** The loop of one bot and what it needs of its process: clocks, waits, and the doors through which it is asked. */
export function keepTrading(parts: {
  ctx: BotContext
  book: BotBook
  store: HaltableState
  broker: Broker
  feed: Feed
  life: Life
  isReplay: boolean
  /** Loads what was left out of the start. */
  warm: () => Promise<unknown>
}): Trading {
  const { ctx, book, store, broker, feed, life, isReplay } = parts
  const startedAt = now()
  let waiting: AbortController | undefined
  let lastBreath = performance.now()
  let comparedAt = Number.NEGATIVE_INFINITY
  let barDeliveredAt: EpochMs = startedAt
  let waitingForFlat: (() => void)[] = []

  const prices = openPriceWatch(ctx, book, startedAt)
  const look = () => {
    const blind = silence(ctx, book, isReplay, startedAt, barDeliveredAt)
    if (blind !== undefined && life.blind === undefined) ctx.log.error('feed-stale', `Alive but blind: ${blind}`)
    if (blind === undefined && life.blind !== undefined) ctx.log.info('feed-fresh', 'Bars arrive again')
    if (blind !== life.blind) {
      life.blind = blind
      ctx.changed()
    }
    const unpriced = prices.look()
    if (unpriced !== life.unpriced) {
      life.unpriced = unpriced
      ctx.changed()
    }
    const { since } = book.owedFills
    if (since !== undefined && now() - since >= FILL_GRACE_MS && sinceCompared() >= FRESHNESS_CHECK_MS) {
      book.mustReconcile('the broker has filled orders and not told the fills yet')
      isFillMissed = true
    }
    // Nothing else ends the wait for the next bar, which may be an hour away.
    if (auditDue() || isStuck() || isRiskDue(ctx, book)) waiting?.abort()
  }
  const freshness = setInterval(look, FRESHNESS_CHECK_MS)
  freshness.unref()
  const sinceCompared = () => performance.now() - comparedAt
  const auditDue = () => !ctx.replaying && sinceCompared() >= AUDIT_EVERY_MS
  // Something could not be finished when it was begun: an order of unknown fate, a close the broker did not take.
  let triedAt = performance.now()
  let isFillMissed = false
  // An order that has not left waits for nothing but the broker: a stop or an exit has no time to lose.
  const isHurried = () => isFillMissed || book.neverLeft.size > 0
  const compareEveryMs = () => (isHurried() ? FRESHNESS_CHECK_MS : RECONCILE_EVERY_MS)
  const isStuck = () => {
    if (book.unreconciled.length > 0) return sinceCompared() >= compareEveryMs()
    if (ctx.replaying || (book.flattening === undefined && !book.stop && !book.refusedExits.some)) return false
    if (performance.now() - triedAt < RECONCILE_EVERY_MS) return false
    triedAt = performance.now()
    return true
  }

  return {
    ctx,
    book,
    generation: store.generation,
    run: async () => {
      life.phase = 'reconciling'
      ctx.changed()
      // A venue that slept through our last bars must know the time before it is asked or told anything.
      for (const { lane, observe, sessions } of ctx.lanes) {
        const { lastBar } = book.lanes[lane]!
        if (lastBar) await observe({ ...lastBar }, sessions.sessionAt(lastBar.time)?.date)
      }
      const end = await runBot(ctx, book, feed, {
        wait: async () => {
          waiting = new AbortController()
          const step = await feed.next(waiting.signal)
          waiting = undefined
          if (step.kind === 'bar') barDeliveredAt = now()
          return step
        },
        breathless: () => performance.now() - lastBreath > BREATH_MS,
        breathe: async () => {
          barDeliveredAt = now()
          await new Promise((resolve) => setImmediate(resolve))
          lastBreath = performance.now()
        },
        pause: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
        feedTrouble: (message) => {
          life.lastError = message ?? life.lastError
        },
        reconcileDue: () => {
          if (sinceCompared() < compareEveryMs()) return false
          isFillMissed = false
          comparedAt = performance.now()
          return true
        },
        auditDue: () => {
          if (!auditDue()) return false
          comparedAt = performance.now()
          return true
        },
        flat: () => {
          for (const done of waitingForFlat) done()
          waitingForFlat = []
        },
        trading: () => {
          if (life.phase === 'trading') return
          life.phase = 'trading'
          for (const { log, instrument, strategyId } of ctx.lanes)
            log.info('bot-trading', `Trading ${instrument.symbol} with ${strategyId}`)
          ctx.changed()
          afterStart(parts.warm)
        },
      })
      if (end.warning !== undefined) life.lastError = end.warning
      return end
    },
    ask: async (command) => {
      if (command.type === 'stop') book.stop = { flatten: command.flatten, keepOrders: command.keepOrders }
      const done = Promise.withResolvers<void>()
      if (command.type === 'flatten') waitingForFlat.push(done.resolve)
      waiting?.abort()
      // Durable before anybody is told that it will be done.
      if (command.type === 'flatten' || command.flatten)
        wantFlat(ctx, book, command.type === 'flatten' ? 'asked for' : 'stop with flatten')
      ctx.changed()
      if (command.type === 'flatten') await done.promise
    },
    trade: (command, signalId) => {
      const { promise, resolve, reject } = Promise.withResolvers<TradeOutcome>()
      book.requests.push({ command, signalId, settle: resolve, fail: reject })
      waiting?.abort()
      return promise
    },
    bookCash: (movement) => {
      const { promise, resolve, reject } = Promise.withResolvers<CashOutcome>()
      book.requests.push({ movement, settle: resolve, fail: reject })
      waiting?.abort()
      return promise
    },
    wake: () => waiting?.abort(),
    halt: (cause) => {
      store.halt(cause)
      feed.close()
      waiting?.abort()
    },
    close: async () => {
      clearInterval(freshness)
      feed.close()
      await broker.close()
      store.close()
    },
  }
}

/** Why the bot sees no prices although it should; undefined while bars arrive as they do. */
function silence(
  ctx: BotContext,
  book: BotBook,
  isReplay: boolean,
  feedStartedAt: EpochMs,
  barDeliveredAt: EpochMs,
): string | undefined {
  for (const { lane, instrument, sessions, timeframeMs } of ctx.lanes) {
    const at = now()
    const verdict = judgeFreshness({
      now: at,
      lastBarAt: isReplay ? barDeliveredAt : book.lanes[lane]!.lastBar?.time,
      timeframeMs,
      session: isReplay ? undefined : sessions.sessionAt(at),
      feedStartedAt,
      replaying: isReplay,
    })
    if (verdict.kind === 'blind') return ctx.lanes.length === 1 ? verdict.text : `${instrument.symbol}: ${verdict.text}`
    if (isReplay) break
  }
  return undefined
}
