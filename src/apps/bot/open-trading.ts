import { createHash } from 'node:crypto'
import { bundledCalendar } from '../../adapters/calendar/bundled-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { fencedBooks } from '../../adapters/paper-books/fenced-books.ts'
import { openPaperBooks } from '../../adapters/paper-books/open-paper-books.ts'
import { bornMark } from '../../adapters/state-db/born-mark.ts'
import { openState, type HeldState } from '../../adapters/state-db/open-state.ts'
import type { BotCommand } from '../../adapters/bot-control/serve-bot-control.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { neutralConfidence } from '../../domain/confidence/confidence.ts'
import { tradingContext } from '../../domain/context/trading-context.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { judgeFreshness } from '../../domain/feed/judge-freshness.ts'
import type { Feed } from '../../domain/feed/feed.ts'
import { postOpening } from '../../domain/ledger/post-fill.ts'
import { paperIsFree } from '../../domain/licence/licence.ts'
import { strategyById } from '../../domain/strategy/index.ts'
import { areParameters, validateParameters } from '../../domain/strategy/validate-parameters.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import { durationMs, epochMs, type EpochMs, type MinorUnits } from '../../domain/units/units.ts'
import { loadBook, type BotBook } from '../../engine/bot/bot-book.ts'
import type { BotContext } from '../../engine/bot/bot-context.ts'
import { parkOthers } from '../../engine/bot/lane-book.ts'
import { openContexts, type LaneParts } from '../../engine/bot/open-contexts.ts'
import { runBot, type BotEnd } from '../../engine/bot/run-bot.ts'
import { applyExecution } from '../../engine/order-events/apply-execution.ts'
import { openSimBroker, type SimBroker } from '../../engine/simulation/sim-broker.ts'
import { clearBreach } from '../../engine/bot/watch-risk.ts'
import { accountRisk, money } from './account-risk.ts'
import type { Identity, Life } from './bot-status.ts'
import { openAccountFeed, openAccountSessions } from './open-account-feed.ts'
import { refuseEndedPlace, refuseOtherCounting, refuseOtherSymbol } from './refuse-misfit.ts'
import { openStrategyRun } from './open-strategy-run.ts'

/** A bot with everything open, ready to run. */
export type Trading = Readonly<{
  ctx: BotContext
  book: BotBook
  generation: number
  run(): Promise<BotEnd>
  /** Asks the loop for something; it obeys between two bars. Resolves when a stop is accepted, a flatten done. */
  ask(command: BotCommand): Promise<void>
  close(): Promise<void>
}>

const FRESHNESS_CHECK_MS = 1_000
/** The longest the loop keeps the process to itself during a replay. */
const BREATH_MS = 15
const RECONCILE_EVERY_MS = 5_000

const now = () => epochMs(Date.now())

/** Opens state, broker, strategy and feed of an account. @throws {Refused} whatever of them can't be opened, with the next step */
export function openTrading(home: {
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  who: Identity
  life: Life
  log: Log
  changed: () => void
}): Trading {
  const { layout, accountId, settings, life, log } = home
  const { instrument } = home.who
  const born = bornMark(layout, accountId)
  const expectExisting = born.exists()
  const store = openState({ layout, accountId, instanceId: home.who.instanceId, expectExisting, now })
  let broker: SimBroker | undefined
  try {
    const terms = simulationTerms(settings, instrument.currency.digits)
    const books = fencedBooks(openPaperBooks({ layout, accountId, expectExisting }), store)
    broker = openSimBroker({ books, instrument, settings: terms, defer: setImmediate })
    openBooks(store, instrument.currency.code, terms.startingCash)
    refuseOtherCounting(store, instrument)
    store.transact(() => store.saveInstrument(instrument))
    born.set()
    refuseOtherSymbol(store, settings)
    const facts = bundledCalendar()
    const { ctx, book } = buildContext(home, store, broker, facts)
    clearBreach(ctx, book, settings.risk.clearBreach)
    broker.onExecution((report) => applyExecution(ctx, book, report))
    const request = { layout, settings, instrument, facts }
    refuseEndedPlace(request, store)
    parkOthers(store, book.lanes)
    const { feed, notice } = openAccountFeed(request, { after: book.lanes[0]!.startsAfter })
    if (notice !== undefined) log.warn('feed-notice', notice)
    return household(home, { ctx, book, store, broker, feed, life, log })
  } catch (error) {
    void broker?.close()
    store.close()
    throw error
  }
}

function household(
  home: { settings: AccountSettings; changed: () => void },
  parts: { ctx: BotContext; book: BotBook; store: HeldState; broker: SimBroker; feed: Feed; life: Life; log: Log },
): Trading {
  const { ctx, book, store, broker, feed, life, log } = parts
  const startedAt = now()
  let waiting: AbortController | undefined
  let lastBreath = performance.now()
  let reconciledAt = Number.NEGATIVE_INFINITY
  let barDeliveredAt: EpochMs = startedAt
  let waitingForFlat: (() => void)[] = []

  const look = () => {
    const verdict = judgeFreshness({
      now: now(),
      lastBarAt: home.settings.feed.kind === 'replay' ? barDeliveredAt : book.lastBar?.time,
      timeframeMs: ctx.timeframeMs,
      session: ctx.replaying ? undefined : ctx.sessions.sessionAt(now()),
      feedStartedAt: startedAt,
      replaying: ctx.replaying,
    })
    const blind = verdict.kind === 'blind' ? verdict.text : undefined
    if (blind !== undefined && life.blind === undefined) log.error('feed-stale', `Alive but blind: ${blind}`)
    if (blind === undefined && life.blind !== undefined) log.info('feed-fresh', 'Bars arrive again')
    if (blind !== life.blind) {
      life.blind = blind
      ctx.changed()
    }
  }
  const freshness = setInterval(look, FRESHNESS_CHECK_MS)
  freshness.unref()

  return {
    ctx,
    book,
    generation: store.generation,
    run: async () => {
      life.phase = 'reconciling'
      ctx.changed()
      // A venue that slept through our last bars must know the time before it is asked or told anything.
      if (book.lastBar) await ctx.observe({ ...book.lastBar }, ctx.sessions.sessionAt(book.lastBar.time)?.date)
      return runBot(ctx, book, feed, {
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
        feedTrouble: (message) => {
          life.lastError = message ?? life.lastError
        },
        reconcileDue: () => {
          if (performance.now() - reconciledAt < RECONCILE_EVERY_MS) return false
          reconciledAt = performance.now()
          return true
        },
        flat: () => {
          for (const done of waitingForFlat) done()
          waitingForFlat = []
        },
        trading: () => {
          if (life.phase === 'trading') return
          life.phase = 'trading'
          log.info('bot-trading', `Trading ${ctx.instrument.symbol} with ${ctx.strategyId}`)
          ctx.changed()
        },
      })
    },
    ask: (command) => {
      if (command.type === 'stop') book.stop = { flatten: command.flatten, keepOrders: command.keepOrders }
      else book.flattening = 'asked for'
      ctx.changed()
      waiting?.abort()
      if (command.type === 'stop') return Promise.resolve()
      return new Promise((resolve) => void waitingForFlat.push(resolve))
    },
    close: async () => {
      clearInterval(freshness)
      feed.close()
      await broker.close()
      store.close()
    },
  }
}

function buildContext(
  home: {
    layout: HomeLayout
    accountId: AccountId
    settings: AccountSettings
    who: Identity
    log: Log
    changed: () => void
  },
  store: HeldState,
  broker: SimBroker,
  facts: CalendarFacts,
): { ctx: BotContext; book: BotBook } {
  const { settings, log } = home
  const { instrument } = home.who
  const strategy = strategyById(settings.strategy)
  if ('code' in strategy) throw new Refused(strategy)
  const parameters = validateParameters(strategy, settings.parameters)
  if (!areParameters(parameters)) throw new Refused(parameters)
  const sessions = openAccountSessions({ settings, instrument, facts })
  const strategyKey = JSON.stringify([strategy.id, parameters])
  const series = `${instrument.symbol}:${settings.timeframe}`
  const timeframeMs = durationMs(TIMEFRAMES[settings.timeframe])
  const book = loadBook(store, [{ instrument, series }])
  const run = openStrategyRun({
    ...home,
    instrument,
    strategy,
    parameters,
    timeframeMs,
    sessions,
    strategyKey,
    series,
    checkpoint: store.checkpoints().find((place) => place.series === series && !place.parked),
  })
  const account = {
    trading: tradingContext({
      userId: settings.userId,
      accountId: home.accountId,
      mode: settings.mode,
      signature: strategy.id,
      tradingDate: '',
      modelId: '',
      baseModel: '',
    }),
    store,
    broker,
    risk: accountRisk(settings, instrument, sessions),
    riskPerTradeBps: settings.risk.riskPerTradeBps,
    confidence: neutralConfidence,
    licence: paperIsFree,
    sha256Hex: (text: string) => createHash('sha256').update(text).digest('hex'),
    now,
    replaying: settings.feed.kind === 'replay',
    signal: new AbortController().signal,
    changed: home.changed,
  }
  const lane: LaneParts = {
    instrument,
    timeframeMs,
    series,
    strategyId: strategy.id,
    strategyKey,
    run,
    sessions,
    observe: (bar, sessionDate) => broker.observe(bar, sessionDate),
    matchedUpTo: () => broker.matchedUpTo(),
    log,
  }
  return { ctx: openContexts(account, [lane], book)[0]!, book }
}

function simulationTerms({ simulation }: AccountSettings, digits: number) {
  return {
    startingCash: money(simulation.startingCash, digits, 'simulation.startingCash'),
    slippageTicks: simulation.slippageTicks,
    commissionMinorPerLot: money(simulation.commissionPerLot, digits, 'simulation.commissionPerLot'),
    volumeShareBps: simulation.volumeShareBps,
  }
}

function openBooks(store: HeldState, currency: string, startingCash: MinorUnits): void {
  store.transact(() => store.postLedger(now(), 'opening', 'opening', postOpening(currency, startingCash)))
}
