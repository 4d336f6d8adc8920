import type { AccountEntry } from '../../adapters/account-registry/account-entries.ts'
import type { BotStatus, LastExit } from '../../contracts/bot-protocol.ts'
import type { AccountStatus } from '../../contracts/fleet.ts'
import type { Currency } from '../../domain/instrument/instrument.ts'
import { formatDecimal } from '../../domain/units/decimal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { summary, type BotView } from './bot-phase.ts'

/**
 * One row of `status`: what the bot says of itself, or what the last one left, or zeros.
 *
 * @param exit     what the last bot left; shown while none runs
 * @param currency of the account's instrument, for an account that has no figures yet
 * @param now      a day that ended before it has nothing to say of today
 */
export function accountStatus(
  entry: AccountEntry,
  view: BotView,
  exit: LastExit | undefined,
  currency: Currency,
  now: EpochMs,
): AccountStatus {
  const { phase } = view
  const { state, reason, pid, instanceId } = summary(phase)
  const figures = phase.kind === 'attached' ? phase.status : (exit?.status ?? undefined)
  const money = (minor: number) => formatDecimal(minor, figures?.currencyDigits ?? currency.digits)
  const iso = (at: number | null | undefined) => (typeof at === 'number' ? new Date(at).toISOString() : null)
  const isOver = isDayOver(entry, view, figures, now)
  return {
    accountId: entry.accountId,
    ...settingsOf(entry),
    state,
    stateReason: reason,
    pid,
    instanceId,
    startedAt: iso(phase.kind === 'attached' ? phase.status.startedAt : phase.kind === 'starting' ? phase.since : null),
    lastBarAt: iso(figures?.lastBarAt),
    position: figures?.position ?? 0,
    holdings: (figures?.holdings ?? []).map(({ symbol, quantity }) => ({ symbol, quantity })),
    realizedPnl: money(figures?.realizedPnlMinor ?? 0),
    unrealizedPnl: money(figures?.unrealizedPnlMinor ?? 0),
    ...worthOf(figures, isOver, money),
    ...(phase.kind === 'attached' ? { warnings: figures?.warnings, errors: figures?.errors } : {}),
    holder: view.holder,
    currency: figures?.currency ?? currency.code,
    tradesToday: isOver ? 0 : (figures?.tradesToday ?? 0),
    lastError: lastErrorOf(entry, view),
  }
}

function worthOf(
  figures: BotStatus | undefined,
  isOver: boolean,
  money: (minor: number) => string,
): Partial<AccountStatus> {
  const { equityMinor, todayPnlMinor, lossUsed } = figures ?? {}
  return {
    todayPnl: isOver || !figures ? money(0) : todayPnlMinor === undefined ? undefined : money(todayPnlMinor),
    equity: equityMinor === undefined ? undefined : money(equityMinor),
    lossLimitUsed: lossUsed && {
      rule: lossUsed.rule,
      share: Number((lossUsed.usedMinor / lossUsed.limitMinor).toFixed(4)),
      used: money(lossUsed.usedMinor),
      limit: money(lossUsed.limitMinor),
    },
  }
}

/** Whether the day that the last bot counted in has passed; a replay's days are its own. */
function isDayOver(entry: AccountEntry, view: BotView, figures: BotStatus | undefined, now: EpochMs): boolean {
  if (view.phase.kind === 'attached' || !('settings' in entry) || entry.settings.feed.kind === 'replay') return false
  const dayEnd = figures?.portfolio?.dayEnd ?? 0
  return dayEnd > 0 && dayEnd <= now
}

function settingsOf(entry: AccountEntry) {
  // An account whose settings can't be read is shown all the same: its bot may be running.
  if ('corrupt' in entry) return { userId: '', broker: '', mode: 'paper' as const, strategy: '', symbol: '' }
  const { userId, broker, mode, strategy, symbol, alsoSymbols, feed } = entry.settings
  return { userId, broker, mode, strategy, symbol: [symbol, ...alsoSymbols].join(','), feed: feed.kind }
}

function lastErrorOf(entry: AccountEntry, view: BotView): string | null {
  if ('corrupt' in entry) return `${entry.corrupt.message} ${entry.corrupt.nextStep}`
  return view.phase.kind === 'attached' ? view.phase.status.lastError : view.lastError
}
