import type { BotCash } from '../../adapters/bot-control/serve-bot-control.ts'
import { cashMovementOf, isCashRefusal, movementRow } from '../../contracts/cash-movement-of.ts'
import type { CashReply } from '../../contracts/cash-request.ts'
import { formatMoney } from '../../domain/instrument/instrument.ts'
import type { Trading } from './keep-trading.ts'

/** Takes a request to book money that moved without a fill to the loop, and its outcome back in words. */
export async function serveCash({ ctx, bookCash }: Trading, { requestId, movement }: BotCash): Promise<CashReply> {
  const { currency } = ctx.instrument
  const asked = cashMovementOf(requestId, movement, currency)
  if (isCashRefusal(asked)) return { kind: 'refused', refusal: asked }
  const outcome = await bookCash(asked)
  if (outcome.kind === 'refused') return outcome
  return {
    kind: 'booked',
    movement: movementRow(outcome.movement, currency.digits),
    isNew: outcome.isNew,
    cash: formatMoney(currency, ctx.store.ledgerBalance('cash', currency.code)),
    agrees: outcome.agrees,
  }
}
