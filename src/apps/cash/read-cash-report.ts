import { connectToBot } from '../../adapters/bot-control/connect-to-bot.ts'
import { readLastExit } from '../../adapters/bot-process/last-exit.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { readCash } from '../../adapters/state-db/read-cash.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import { movementRow } from '../../contracts/cash-movement-of.ts'
import type { CashReport } from '../../contracts/cash-request.ts'
import { formatMoney } from '../../domain/instrument/instrument.ts'
import { minorUnits } from '../../domain/units/units.ts'
import { resolveAccountInstruments } from '../bot/resolve-account.ts'

/** A bot that does not answer at once is shown without what it would have told. */
const ANSWER_MS = 1_000
/** Movements listed at most, the newest. */
export const MOST_MOVEMENTS = 1_000

/**
 * Cash of an account: in its books as they are, and at the broker as its bot was last told, which a bot that ended in order
 * has left behind.
 *
 * @throws {Refused} settings or state can't be read
 */
export async function readCashReport(layout: HomeLayout, settings: AccountSettings): Promise<CashReport> {
  const { accountId } = settings
  const { currency } = resolveAccountInstruments(layout, settings).traded[0]!
  const facts = readCash(layout, accountId, currency.code, MOST_MOVEMENTS)
  const money = (minor: number) => formatMoney(currency, minorUnits(minor))
  const seen = (await statusOf(layout, settings))?.cash
  return {
    ...{ accountId, currency: currency.code },
    cash: facts ? money(facts.cash) : null,
    broker: seen
      ? {
          ...{ cash: money(seen.theirsMinor), books: money(seen.oursMinor) },
          difference: money(seen.theirsMinor - seen.oursMinor),
          askedAt: new Date(seen.askedAt).toISOString(),
        }
      : null,
    closed: settings.broker === 'sim' ? 'cash at the simulated broker changes with fills and nothing else' : null,
    movements: (facts?.movements ?? []).map((movement) => movementRow(movement, currency.digits)),
  }
}

async function statusOf(layout: HomeLayout, { accountId }: AccountSettings): Promise<BotStatus | undefined> {
  const bot = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: ANSWER_MS })
  bot?.close()
  const status = bot ? bot.first : readLastExit(layout, accountId)?.status
  return status?.accountId === accountId ? status : undefined
}
