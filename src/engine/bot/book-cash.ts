import type { ReconciliationReport } from '../../domain/account/account-store.ts'
import { refusal, type RefusalCode } from '../../domain/failure/refusal.ts'
import {
  bringsNearer,
  type BookedMovement,
  type CashMovement,
  type CashMovementKind,
} from '../../domain/ledger/cash-movement.ts'
import { afterMovement } from '../../domain/risk/risk-state.ts'
import { minorUnits } from '../../domain/units/units.ts'
import { foreignSymbols } from '../order-events/foreign-fills.ts'
import { moneyText } from '../reconciliation/report-line.ts'
import type { BotBook, CashSeen } from './bot-book.ts'
import { marketNow, type BotContext } from './bot-context.ts'
import type { CashOutcome } from './cash-outcome.ts'
import { compareBooks } from './compare-books.ts'
import { withDayOf } from './watch-risk.ts'

/** Between two looks at whether somebody wants the account flat or the bot ended: that does not wait for this. */
const PAUSE_MS = 200
/** Comparisons made at most until two in a row say the same. */
const MOST_LOOKS = 4

/**
 * Books money that moved without a fill: ledger, limits and report in one commit; then compares anew, so that entries are
 * free at once where all agrees.
 *
 * The broker's word decides. Nothing is written unless it was asked anew, everything else agrees, no fill can be behind
 * the difference, and the books come nearer to what it says. The same name again is answered and books nothing.
 *
 * @param pause waits so many ms
 * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt'
 */
export async function bookCash(
  ctx: BotContext,
  book: BotBook,
  asked: CashMovement,
  pause: (ms: number) => Promise<void>,
): Promise<CashOutcome> {
  const earlier = ctx.store.cashMovement(asked.requestId)
  if (earlier) return earlierOutcome(book, earlier, asked)
  const { accountId } = ctx.trading
  if (ctx.broker.capabilities.cashByFillsOnly)
    return refused(
      'cash-invalid',
      `${accountId} trades at the simulated broker, whose cash changes with fills and nothing else.`,
      'Nothing is to be booked. To begin with other cash, add another account with: --set simulation.startingCash=AMOUNT',
    )
  const seen = await settledCash(ctx, book, pause)
  if ('kind' in seen) return seen
  const misfit = judge(ctx, asked, seen)
  if (misfit) return misfit
  const movement = write(ctx, book, asked, seen)
  const { agrees } = await compareBooks(ctx, book)
  return { kind: 'booked', movement, isNew: true, agrees }
}

function earlierOutcome(book: BotBook, movement: BookedMovement, asked: CashMovement): CashOutcome {
  const { requestId, kind, changeMinor, note } = movement
  if (kind === asked.kind && changeMinor === asked.changeMinor && note === asked.note)
    return { kind: 'booked', movement, isNew: false, agrees: book.unreconciled.length === 0 }
  return refused(
    'cash-invalid',
    `The request ${requestId} was made before, for another movement (${kind}).`,
    'Give every request a name of its own.',
  )
}

/**
 * The cash of books and broker, when nothing but a movement without a fill can be between them: twice the same, as far
 * apart as the venue shows things late, with all else agreeing.
 */
async function settledCash(
  ctx: BotContext,
  book: BotBook,
  pause: (ms: number) => Promise<void>,
): Promise<CashSeen | CashOutcome> {
  const { visibilityLagMs } = ctx.broker.capabilities
  let before: CashSeen | undefined
  for (let look = 0; look < MOST_LOOKS; look++) {
    for (let left = look === 0 ? 0 : visibilityLagMs; left > 0 && !isClosing(book); left -= PAUSE_MS)
      await pause(Math.min(left, PAUSE_MS))
    if (isClosing(book)) return CLOSING
    const report = await compareBooks(ctx, book)
    const doubt = doubtOf(ctx, book, report)
    if (doubt) return doubt
    const { cashSeen } = book
    // Read anew: a fill may have been booked since the broker was asked.
    const ours = ctx.store.ledgerBalance('cash', ctx.instrument.currency.code)
    if (cashSeen && ours === cashSeen.oursMinor && isSame(cashSeen, before)) return cashSeen
    before = cashSeen
  }
  return refused(
    'not-reconciled',
    'Cash moves while the broker is asked for it, so what is missing may be a fill.',
    'Ask again when the account is quiet.',
  )
}

function isClosing({ stop, flattening }: BotBook): boolean {
  return stop !== undefined || flattening !== undefined
}

function isSame(one: CashSeen, other: CashSeen | undefined): boolean {
  return one.oursMinor === other?.oursMinor && one.theirsMinor === other.theirsMinor
}

/** Why nobody can say yet what the difference is. */
function doubtOf(
  ctx: BotContext,
  book: BotBook,
  { allButCash, lines }: ReconciliationReport & { allButCash: boolean },
): CashOutcome | undefined {
  const silent = lines.find(({ code }) => code === 'broker-silent')
  if (silent)
    return refused(
      'broker-refused',
      `Nothing was booked: ${silent.text}.`,
      'See that the broker can be reached, then ask again.',
    )
  const unbooked = foreignSymbols(ctx)
  if (unbooked.length > 0)
    return refused(
      'not-reconciled',
      `Fills of ${unbooked.join(', ')} are not booked yet, and the difference of cash may be theirs.`,
      'Describe these markets in instruments.json and start the bot again.',
    )
  const isInFlight = [...book.opens.values()].some(({ status }) => IN_FLIGHT.has(status))
  if (allButCash && !isInFlight && !book.owedFills.some) return undefined
  const others = lines.filter(({ code }) => code !== 'cash-differs').map(({ text }) => text)
  const why = others.length > 0 ? others.join('; ') : 'what became of an order is not known yet'
  return refused(
    'not-reconciled',
    `More than cash differs, and the difference may be a fill's: ${why}.`,
    `See what differs with: slipway reconciliations ${ctx.trading.accountId}`,
  )
}

const CLOSING = refused(
  'not-reconciled',
  'The bot is closing what is open, or ending: what is missing may be a fill.',
  'Ask again when that is done.',
)

const IN_FLIGHT: ReadonlySet<string> = new Set(['intent', 'sent', 'unknown'])

/** An amount that the broker's word does not bear out. */
function judge(
  ctx: BotContext,
  { kind, changeMinor }: CashMovement,
  { oursMinor, theirsMinor }: CashSeen,
): CashOutcome | undefined {
  const { accountId } = ctx.trading
  const money = (amount: number) => moneyText(ctx.instrument.currency, minorUnits(amount))
  const difference = theirsMinor - oursMinor
  if (bringsNearer(difference, changeMinor)) return undefined
  if (difference === 0)
    return refused(
      'cash-mismatch',
      `Books and broker agree: cash is ${money(oursMinor)} at both, so no ${kind} is missing here.`,
      `Nothing is to be booked. See what was: slipway cash ${accountId}`,
    )
  const isBeyond = changeMinor > 0 === difference > 0
  return refused(
    'cash-mismatch',
    `Cash is ${money(oursMinor)} here and ${money(theirsMinor)} at the broker. With this ${kind} it would be ${money(oursMinor + changeMinor)} here, which is ${isBeyond ? 'beyond' : 'further from'} what the broker says.`,
    `Book ${isBeyond ? 'at most ' : ''}${money(Math.abs(difference))} that ${difference > 0 ? 'came in' : 'went out'}; see: slipway cash ${accountId}`,
  )
}

/** The one commit. */
function write(ctx: BotContext, book: BotBook, asked: CashMovement, seen: CashSeen): BookedMovement {
  const { store, instrument } = ctx
  const { currency } = instrument
  const at = marketNow(ctx, book.lastBar)
  const movement: BookedMovement = { ...asked, at, currency: currency.code }
  const text = bookedText(ctx, movement, seen)
  const left = seen.theirsMinor - seen.oursMinor - asked.changeMinor
  book.risk = store.transact(() => {
    // Before it is booked: a day begins with what the account was worth without it.
    const today = at >= book.riskDayCheck ? withDayOf(ctx, book, at) : book.risk
    const risk = afterMovement(today, asked)
    store.bookCashMovement(movement)
    store.saveRisk(risk)
    store.appendReconciliation({ at: ctx.now(), agrees: left === 0, lines: [{ code: 'cash-booked', text }] })
    return risk
  })
  book.riskChanged = false
  book.riskDue = true
  ctx.log.info('cash-booked', text, { ...movement })
  ctx.changed()
  return movement
}

const NAMES = {
  deposit: 'a deposit',
  withdrawal: 'a withdrawal',
  fee: 'a fee',
  interest: 'interest',
} as const satisfies Record<CashMovementKind, string>

function bookedText(ctx: BotContext, movement: BookedMovement, { oursMinor, theirsMinor }: CashSeen): string {
  const { kind, changeMinor, note, requestId } = movement
  const money = (amount: number) => moneyText(ctx.instrument.currency, minorUnits(amount))
  const said = note === '' ? '' : ` (${note})`
  const way = changeMinor > 0 ? 'came in' : 'went out'
  return `${money(Math.abs(changeMinor))} ${way} as ${NAMES[kind]}${said}, booked as ${requestId}: cash is ${money(oursMinor + changeMinor)} here, ${money(theirsMinor)} at the broker`
}

function refused(code: RefusalCode, message: string, nextStep: string): CashOutcome {
  return { kind: 'refused', refusal: refusal(code, message, nextStep) }
}
