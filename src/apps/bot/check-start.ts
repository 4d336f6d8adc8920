import { bundledCalendar } from '../../adapters/calendar/bundled-calendar.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { withStartFacts, type StartFacts } from '../../adapters/state-db/read-start-facts.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { AccountInstruments } from './account-instruments.ts'
import { accountRisk } from './account-risk.ts'
import { openAccountFeed, openAccountSessions } from './open-account-feed.ts'
import { refuseBooksOfSim, refuseUnknownBroker, simulatedMoney } from './open-broker.ts'
import { openStrategy, type AccountStrategy } from './open-strategy.ts'
import { refuseEndedPlace, refuseOtherCounting, refuseOtherSymbol } from './refuse-misfit.ts'

type StartToCheck = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  instruments: AccountInstruments
}>

/** Of an account that has never run. */
const NO_FACTS: StartFacts = {
  instrument: () => undefined,
  orderStatusCounts: () => new Map(),
  openPositionSymbols: () => [],
  openOrders: () => [],
  checkpoints: () => [],
}

const MUTE = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Asks what a start would ask of the account's settings, with the words it would be refused with. Nothing is changed and
 * no venue is asked, so that it may be done beside the bot that trades the account.
 *
 * @throws {Refused} as a start would be
 */
export async function checkStart(start: StartToCheck): Promise<void> {
  let strategy: AccountStrategy | undefined
  const check = (facts: StartFacts) => (strategy = checkAgainst(start, facts))
  try {
    if (!withStartFacts(start.layout, start.accountId, check)) check(NO_FACTS)
  } finally {
    await strategy?.close()
  }
}

function checkAgainst({ layout, accountId, settings, instruments }: StartToCheck, state: StartFacts): AccountStrategy {
  const { traded } = instruments
  const [primary] = traded
  if (!primary) throw new Error('an account without an instrument')
  if (settings.broker === 'sim') simulatedMoney(settings, primary.currency)
  else if (settings.broker === 'gateway') refuseBooksOfSim({ layout, accountId })
  else refuseUnknownBroker({ settings, accountId })
  for (const one of traded) refuseOtherCounting(state, one)
  refuseOtherSymbol(state, traded)
  const facts = bundledCalendar()
  accountRisk(settings, traded, openAccountSessions({ settings, instrument: primary, facts }))
  for (const instrument of traded) {
    const request = { layout, settings, facts, instrument }
    refuseEndedPlace(request, state)
    openAccountFeed(request, { after: undefined }).feed.close()
  }
  // Entry orders, with the stops that wait for them, are canceled when the bot of now ends: only what is held keeps an
  // account from being idle then.
  const store = { ...state, openOrders: () => [] }
  return openStrategy({ layout, settings, store, log: MUTE, changed: () => undefined })
}
