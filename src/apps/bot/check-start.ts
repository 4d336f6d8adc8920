import type { HomeLayout } from '../../adapters/home/layout.ts'
import { addressOf } from '../../adapters/http/address-of.ts'
import { withStartFacts, type StartFacts } from '../../adapters/state-db/read-start-facts.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import {
  openRecognition,
  type Recognition,
  type RecognitionContext,
} from '../../engine/reconciliation/recognise-account.ts'
import type { AccountInstruments } from './account-instruments.ts'
import { accountRisk } from './account-risk.ts'
import { openAccountFeed, openAccountSessions } from './open-account-feed.ts'
import { refuseBooksOfSim, refuseUnknownBroker, simulatedMoney, tokenOf } from './open-broker.ts'
import { openStrategy, type AccountStrategy } from './open-strategy.ts'
import { refuseEndedPlace, refuseOtherCounting, refuseOtherSymbol } from './refuse-misfit.ts'

type StartToCheck = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  instruments: AccountInstruments
  facts: CalendarFacts
  /** From the start message, by name. */
  secrets: Readonly<Record<string, string>>
}>

/** Of an account that has never run. */
const NO_FACTS: StartFacts = {
  instrument: () => undefined,
  orderStatusCounts: () => new Map(),
  openPositionSymbols: () => [],
  openOrders: () => [],
  checkpoints: () => [],
  venueAccount: () => undefined,
}

const MUTE = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Asks what a start would ask of the account's settings, its books and its gateway, with the words it would be refused
 * with. Nothing is changed, so that it may be done beside the bot that trades the account. A gateway that does not answer
 * refuses nothing: a bot whose books have begun starts without it.
 *
 * @throws {Refused} as a start would be
 */
export async function checkStart(start: StartToCheck): Promise<void> {
  let strategy: AccountStrategy | undefined
  let recognition: Recognition | undefined
  const check = (facts: StartFacts) => {
    recognition = openRecognition({ store: asLeft(facts), accountId: start.accountId })
    return (strategy = checkAgainst(start, facts))
  }
  try {
    if (!withStartFacts(start.layout, start.accountId, check)) check(NO_FACTS)
    if (start.settings.broker === 'gateway' && recognition) await checkGateway(start, recognition)
  } finally {
    await strategy?.close()
  }
}

/**
 * What the bot of now will have left when it has ended, read at once. Entry orders, with the stops that wait for them, are
 * canceled then: only what is held keeps an account from being idle.
 */
function asLeft(state: StartFacts): StartFacts & Pick<RecognitionContext['store'], 'saveVenueAccount'> {
  const [positions, account] = [state.openPositionSymbols(), state.venueAccount()]
  return {
    ...state,
    openPositionSymbols: () => positions,
    openOrders: () => [],
    venueAccount: () => account,
    saveVenueAccount: () => undefined,
  }
}

async function checkGateway({ settings, instruments, secrets }: StartToCheck, { recognise }: Recognition) {
  const { accountId, gateway, mode } = settings
  const { whyNotOpened } = await import('../../adapters/brokers/gateway/ask-terms.ts')
  const timeoutMs = Math.min(LONGEST_ASK_MS, gateway.timeoutMs)
  const refused = await whyNotOpened({
    ...{ accountId, url: gateway.url, token: tokenOf(settings, secrets), mode, timeoutMs },
    account: gateway.account === 'none' ? undefined : gateway.account,
    recognise: (named) => recognise({ ...named, address: addressOf(gateway.url) }),
    currency: instruments.traded[0]!.currency.code,
    connectMs: Math.min(LONGEST_ASK_MS, timeoutMs),
    elapsed: () => performance.now(),
  })
  if (refused) throw new Refused(refused)
}

/** A person waits for the answer, and one that takes longer may be given at the start. */
const LONGEST_ASK_MS = 5_000

function checkAgainst(start: StartToCheck, state: StartFacts): AccountStrategy {
  const { layout, accountId, settings, instruments, facts } = start
  const { traded } = instruments
  const [primary] = traded
  if (!primary) throw new Error('an account without an instrument')
  if (settings.broker === 'sim') simulatedMoney(settings, primary.currency)
  else if (settings.broker === 'gateway') refuseBooksOfSim({ layout, accountId })
  else refuseUnknownBroker({ settings, accountId })
  for (const one of traded) refuseOtherCounting(state, one)
  refuseOtherSymbol(state, traded)
  accountRisk(settings, traded, facts, openAccountSessions({ settings, instrument: primary, facts }))
  for (const instrument of traded) {
    const request = { layout, settings, facts, instrument }
    refuseEndedPlace(request, state)
    openAccountFeed(request, { after: undefined }).feed.close()
  }
  return openStrategy({ layout, settings, store: asLeft(state), log: MUTE, changed: () => undefined })
}
