import { existsSync } from 'node:fs'
import { addressOf } from '../../adapters/http/address-of.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { fencedBooks } from '../../adapters/paper-books/fenced-books.ts'
import { openPaperBooks } from '../../adapters/paper-books/open-paper-books.ts'
import type { HeldState } from '../../adapters/state-db/open-state.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import { moneySetting } from '../../domain/account/money-setting.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { Broker } from '../../domain/broker/broker.ts'
import { refuse, type Refusal } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { TIMEFRAMES } from '../../domain/market/bar.ts'
import type { OptionMarket } from '../../domain/options/option-market.ts'
import { durationMs } from '../../domain/units/units.ts'
import { openRecognition } from '../../engine/reconciliation/recognise-account.ts'
import { openSimBroker } from '../../engine/simulation/sim-broker.ts'
import { gatewayOpening, type Opening } from './gateway-opening.ts'
import { loadLate } from './load-late.ts'
import { openAccountSessions } from './open-account-feed.ts'
import type { MarketDoor } from './open-lanes.ts'

export type BrokerSetup = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  /** The primary first. */
  traded: readonly [Instrument, ...Instrument[]]
  instrumentOf: (symbol: string) => Instrument | undefined
  facts: CalendarFacts
  /** From the start message, by name. */
  secrets: Readonly<Record<string, string>>
  store: HeldState
  /** False at the account's very first start. */
  expectExisting: boolean
  /** What a person should know of the broker. */
  trouble: (event: string, message: string) => void
  /** The broker has opened another account than that of the books: the bot is over. */
  onForeign: (why: Refusal) => void
}>

/** The broker of an account, open. */
export type AccountBroker = Readonly<{
  broker: Broker
  /** Shows our bars to a simulated venue, which matches on them; any other has a market and a clock of its own. */
  market: MarketDoor
  optionMarket: OptionMarket | undefined
  /** What the account's books begin with; undefined where they have begun. */
  opening: Opening | undefined
  /** Puts on record which account of the venue the books are about, now that they agree with it. Within a transaction. */
  confirmAccount?: (() => void) | undefined
}>

const OWN_MARKET: MarketDoor = { observe: () => undefined, matchedUpTo: () => undefined }

/** Longest time a connection to a gateway may take to open. */
const CONNECT_MS = 5_000

/**
 * Opens what an account trades at.
 *
 * @throws {Refused} 'broker-unknown', 'broker-refused', 'account-foreign', 'setting-invalid', or whatever the paper books throw
 */
export async function openAccountBroker(setup: BrokerSetup): Promise<AccountBroker> {
  switch (setup.settings.broker) {
    case 'sim':
      return openSimulated(setup)
    case 'gateway':
      return openGateway(setup)
    default:
      return refuseUnknownBroker(setup)
  }
}

export function refuseUnknownBroker({ settings, accountId }: Pick<BrokerSetup, 'settings' | 'accountId'>): never {
  return refuse(
    'broker-unknown',
    `This version of Slipway does not know the broker ${settings.broker}.`,
    `Choose another with: slipway account edit ${accountId} --set broker=sim`,
  )
}

/** Amounts of the simulated broker, minor units. @throws {Refused} 'setting-invalid': more places than the currency has */
export function simulatedMoney({ simulation }: AccountSettings, { digits }: Instrument['currency']) {
  return {
    startingCash: moneySetting(simulation.startingCash, digits, 'simulation.startingCash'),
    commissionMinorPerLot: moneySetting(simulation.commissionPerLot, digits, 'simulation.commissionPerLot'),
  }
}

function openSimulated(setup: BrokerSetup): AccountBroker {
  const { layout, accountId, settings, store, expectExisting } = setup
  const [instrument] = setup.traded
  const { simulation } = settings
  const { startingCash, commissionMinorPerLot } = simulatedMoney(settings, instrument.currency)
  const books = fencedBooks(openPaperBooks({ layout, accountId, expectExisting }), store)
  const broker = openSimBroker({
    books,
    instrument,
    settings: {
      startingCash,
      slippageTicks: simulation.slippageTicks,
      commissionMinorPerLot,
      volumeShareBps: simulation.volumeShareBps,
      options: {
        volatility: simulation.optionVolatility,
        rate: simulation.optionRate,
        spreadTicks: simulation.optionSpreadTicks,
      },
    },
    defer: setImmediate,
    instrumentOf: setup.instrumentOf,
    calendar: setup.facts,
    sessionsOf: rememberedSessions(setup),
    barMs: durationMs(TIMEFRAMES[settings.timeframe]),
  })
  return {
    broker,
    market: {
      observe: (symbol, bar, sessionDate) => broker.observe(bar, sessionDate, symbol),
      matchedUpTo: (symbol) => broker.matchedUpTo(symbol),
    },
    optionMarket: broker.optionMarket,
    opening: { cash: startingCash, cursor: undefined },
  }
}

/** The sessions that the bot's bars have, opened once for each market. */
function rememberedSessions({ settings, instrumentOf, facts }: BrokerSetup) {
  const clocks = new Map<string, SessionClock>()
  return (symbol: string): SessionClock | undefined => {
    const known = clocks.get(symbol)
    const instrument = known ? undefined : instrumentOf(symbol)
    if (!instrument) return known
    const opened = openAccountSessions({ settings, instrument, facts })
    clocks.set(symbol, opened)
    return opened
  }
}

/** What speaks to a gateway is loaded for accounts that have one. */
async function openGateway(setup: BrokerSetup): Promise<AccountBroker> {
  const { settings, traded, secrets, store, expectExisting, trouble, onForeign } = setup
  const { gateway, mode } = settings
  refuseBooksOfSim(setup)
  const { currency } = traded[0]
  const { openGatewayBroker } = await loadLate(() => import('../../adapters/brokers/gateway/open-gateway-broker.ts'))
  const recognition = openRecognition({ store, accountId: settings.accountId })
  const address = addressOf(gateway.url)
  const broker = await openGatewayBroker({
    accountId: settings.accountId,
    recognise: (named) => {
      const foreign = recognition.recognise({ ...named, address })
      if (foreign) onForeign(foreign)
      return foreign
    },
    url: gateway.url,
    token: tokenOf(settings, secrets),
    account: gateway.account === 'none' ? undefined : gateway.account,
    ...{ mode, currency, trouble, instrumentOf: setup.instrumentOf },
    timeoutMs: gateway.timeoutMs,
    connectMs: Math.min(CONNECT_MS, gateway.timeoutMs),
    elapsed: () => performance.now(),
    random: Math.random,
  })
  try {
    return {
      broker,
      market: OWN_MARKET,
      optionMarket: undefined,
      confirmAccount: recognition.confirm,
      opening: expectExisting ? undefined : await gatewayOpening(broker, setup.instrumentOf, gateway.url),
    }
  } catch (error) {
    await broker.close()
    throw error
  }
}

/** Money of the simulation is no money of a venue's: an account's books have one broker. */
export function refuseBooksOfSim({ layout, accountId }: Pick<BrokerSetup, 'layout' | 'accountId'>): void {
  if (existsSync(layout.paper(accountId)))
    refuse(
      'setting-invalid',
      `The books of ${accountId} were begun at the simulated broker, and can't go on at a gateway.`,
      'Add another account for the gateway, or set broker=sim again.',
    )
}

export function tokenOf(
  { accountId, gateway, mode }: AccountSettings,
  secrets: Readonly<Record<string, string>>,
): string | undefined {
  const { gatewayToken } = secrets
  if (gatewayToken !== undefined) return gatewayToken
  if (gateway.tokenFile === 'none' && mode !== 'live') return undefined
  return refuse(
    'broker-refused',
    'The bot was started without the token of its gateway.',
    `Put the token into the vault with "slipway vault set ${accountId} token", then start it with "slipway start ${accountId}".`,
  )
}
