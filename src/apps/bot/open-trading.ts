import type { HomeLayout } from '../../adapters/home/layout.ts'
import { bornMark } from '../../adapters/state-db/born-mark.ts'
import { openState, type HeldState } from '../../adapters/state-db/open-state.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Broker } from '../../domain/broker/broker.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { tradingContext } from '../../domain/context/trading-context.ts'
import { sha256Hex } from '../../domain/digest/sha256.ts'
import type { Feed, FeedStart } from '../../domain/feed/feed.ts'
import { postOpening } from '../../domain/ledger/post-fill.ts'
import type { OptionPricing } from '../../domain/options/pricing-port.ts'
import { epochMs } from '../../domain/units/units.ts'
import { loadBook, type BotBook } from '../../engine/bot/bot-book.ts'
import type { BotContext } from '../../engine/bot/bot-context.ts'
import { parkOthers } from '../../engine/bot/lane-book.ts'
import { openContexts, type LaneParts } from '../../engine/bot/open-contexts.ts'
import type { OutsideWord } from '../../engine/bot/outside-word.ts'
import { clearBreach } from '../../engine/bot/watch-risk.ts'
import { applyExecution } from '../../engine/order-events/apply-execution.ts'
import { bookKeptFills, keepForeignFill } from '../../engine/order-events/foreign-fills.ts'
import type { AccountInstruments } from './account-instruments.ts'
import { calendarOf } from './account-calendar.ts'
import { accountRisk, blackoutNotice } from './account-risk.ts'
import type { Identity, Life } from './bot-status.ts'
import { haltable } from './haltable.ts'
import { keepTrading, type Trading } from './keep-trading.ts'
import type { BotCloudLink } from './open-cloud.ts'
import type { Opening } from './gateway-opening.ts'
import { openAccountBroker, type AccountBroker } from './open-broker.ts'
import { openAccountFeed, openMergedAccountFeed } from './open-account-feed.ts'
import { openStrategy, type AccountStrategy } from './open-strategy.ts'
import { openLanes, seriesOf, type LaneLogs } from './open-lanes.ts'
import { refuseEndedPlace, refuseOtherCounting, refuseOtherSymbol } from './refuse-misfit.ts'

/** What a bot has before anything of its account's is open. */
export type Household = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  instruments: AccountInstruments
  /** What is known of the exchanges' holidays. */
  facts: CalendarFacts
  who: Identity
  life: Life
  logs: LaneLogs
  /** The kill switch, and what the launcher tells of the user's other accounts. */
  outside: OutsideWord
  /** What came with the start message and nowhere else, by name. */
  secrets: Readonly<Record<string, string>>
  pricing: OptionPricing
  cloud: Pick<BotCloudLink, 'confidence' | 'licence' | 'warm'>
}>

const now = () => epochMs(Date.now())

/** Opens state, broker, strategy and feed of an account. @throws {Refused} whatever of them can't be opened, with the next step */
export async function openTrading(
  home: Household & Readonly<{ changed: () => void; onForeign: (why: Refusal) => void }>,
): Promise<Trading> {
  const { layout, accountId, settings, facts, life, logs } = home
  const { traded } = home.instruments
  const [instrument, ...others] = traded
  if (!instrument) throw new Error('an account without an instrument')
  const born = bornMark(layout, accountId)
  const expectExisting = born.exists()
  const store = haltable(openState({ layout, accountId, instanceId: home.who.instanceId, expectExisting, now }))
  let opened: Broker | undefined
  let strategy: AccountStrategy | undefined
  try {
    const { broker, market, optionMarket, opening, confirmAccount } = await openAccountBroker({
      ...{ layout, accountId, settings, store, expectExisting, facts },
      traded: [instrument, ...others],
      instrumentOf: (symbol) =>
        traded.find((one) => one.symbol === symbol) ?? store.instrument(symbol) ?? home.instruments.resolve(symbol),
      secrets: home.secrets,
      trouble: (event, message) => logs[0].warn(event, message),
      onForeign: home.onForeign,
    })
    opened = broker
    if (opening) openBooks(store, instrument.currency.code, opening, confirmAccount)
    for (const one of traded) refuseOtherCounting(store, one)
    store.transact(() => traded.forEach((one) => store.saveInstrument(one)))
    born.set()
    refuseOtherSymbol(store, traded)
    const decider = (strategy = openStrategy({ layout, settings, store, log: logs[0], changed: home.changed }))
    const lanes = openLanes({ layout, settings, instruments: traded, facts, store, market, logs, decider })
    const book = loadBook(
      store,
      traded.map((one) => ({ instrument: one, series: seriesOf(one, settings) })),
    )
    const ctx = contextOf(home, store, { broker, optionMarket, confirmAccount }, lanes, book)
    clearBreach(ctx, book, settings.risk.clearBreach)
    const notice = blackoutNotice(ctx.risk)
    if (notice !== undefined) logs[0].warn('blackout-notice', notice)
    const feed = feedOf(home, book, (request) => refuseEndedPlace(request, store))
    parkOthers(store, book.lanes)
    const isReplay = settings.feed.kind === 'replay'
    const warm = () => Promise.allSettled([home.cloud.warm(), prune(home, store)])
    const trading = keepTrading({ ctx, book, store, broker, feed, life, isReplay, warm })
    bookKeptFills(ctx, book)
    broker.onExecution((report) => {
      applyExecution(ctx, book, report)
      if (report.foreign) keepForeignFill(ctx, report.foreign)
      // What a fill asks for, a stop perhaps, does not wait for the next bar.
      trading.wake()
    })
    broker.onGap?.((why) => {
      book.mustReconcile(why)
      trading.wake()
    })
    const { close } = trading
    return Object.assign(trading, { close: () => decider.close().then(close) })
  } catch (error) {
    await strategy?.close()
    await opened?.close()
    store.close()
    throw error
  }
}

/** What can't be forgotten now is forgotten after another start. */
async function prune({ layout, accountId }: Household, store: HeldState): Promise<void> {
  const { pruneOutbox } = await import('./prune-outbox.ts')
  await pruneOutbox(layout, accountId, store)
}

/** One instrument has its feed to itself: merging costs something at every bar. */
function feedOf(
  { layout, settings, instruments, facts, logs }: Household,
  book: BotBook,
  check: (request: Parameters<typeof openAccountFeed>[0]) => void,
): Feed {
  const starts: FeedStart[] = book.lanes.map(({ startsAfter }) => ({ after: startsAfter }))
  const request = { layout, settings, facts }
  for (const instrument of instruments.traded) check({ ...request, instrument })
  const [instrument] = instruments.traded
  if (instruments.traded.length === 1 && instrument) {
    const { feed, notice } = openAccountFeed({ ...request, instrument }, starts[0]!)
    if (notice !== undefined) logs[0].warn('feed-notice', notice)
    return feed
  }
  const { feed, notices } = openMergedAccountFeed(request, instruments.traded, starts)
  for (const notice of notices) logs[0].warn('feed-notice', notice)
  return feed
}

/** @returns the context of the primary lane; it knows the others */
function contextOf(
  home: Household & Readonly<{ changed: () => void }>,
  store: HeldState,
  { broker, optionMarket, confirmAccount }: Pick<AccountBroker, 'broker' | 'optionMarket' | 'confirmAccount'>,
  lanes: readonly LaneParts[],
  book: BotBook,
): BotContext {
  const { settings, accountId, instruments } = home
  const [primary] = lanes
  if (!primary) throw new Error('a bot without a lane')
  const calendar = calendarOf(home.layout, settings, () =>
    home.logs[0].info('calendar-changed', 'Another calendar of releases came from the cloud'),
  )
  const account = {
    trading: tradingContext({
      userId: settings.userId,
      accountId,
      mode: settings.mode,
      signature: primary.strategyId,
      tradingDate: '',
      modelId: '',
      baseModel: '',
    }),
    store,
    broker,
    ...(optionMarket === undefined ? {} : { optionMarket }),
    ...(confirmAccount === undefined ? {} : { confirmAccount }),
    risk: accountRisk(settings, instruments.traded, home.facts, primary.sessions, calendar),
    outside: home.outside,
    pricing: home.pricing,
    riskPerTradeBps: settings.risk.riskPerTradeBps,
    confidence: home.cloud.confidence,
    licence: home.cloud.licence,
    sha256Hex,
    now,
    source: settings.feed.kind === 'synthetic' ? ('synthetic' as const) : settings.mode,
    replaying: settings.feed.kind === 'replay',
    signal: new AbortController().signal,
    changed: home.changed,
  }
  return openContexts(account, lanes, book, {
    resolve: instruments.resolve,
    mark: (symbol) => optionMarket?.quote(symbol)?.markPx,
  })[0]!
}

function openBooks(
  store: HeldState,
  currency: string,
  { cash, cursor }: Opening,
  confirmAccount: AccountBroker['confirmAccount'],
): void {
  store.transact(() => {
    store.postLedger(now(), 'opening', 'opening', postOpening(currency, cash))
    if (cursor !== undefined) store.saveFillCursor(cursor)
    confirmAccount?.()
  })
}
