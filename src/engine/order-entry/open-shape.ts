import type { Reason } from '../../domain/decision/decision.ts'
import type { ShapeKind } from '../../domain/options/shape-kind.ts'
import { signOf, type ClientOrderId, type NewOrder } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import type { TradePlan } from '../../domain/order/trade-plan.ts'
import { lots, minorUnits, type Lots, type MinorUnits } from '../../domain/units/units.ts'
import { moneyText } from '../reconciliation/report-line.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { heldOf, reduces, workingEntries } from './account-view.ts'
import { keepPlan, stepDeadline } from './keep-plan.ts'
import { checkShape, type ShapeLeg } from './check-shape.ts'
import { countEntry, deny, judgeEntry } from './judge-entry.ts'
import { asked } from './order-commands.ts'
import { failedSubmit, rewrite, submitOrder, type SubmitOutcome } from './submit-order.ts'
import { intentOf, orderIdOf, outcomeOf, refused, writeCall, type TradeCall } from './trade-call.ts'

/** A trade of several contracts, to be taken whole. */
export type ShapeWish = Readonly<{
  underlying: string
  shape: ShapeKind
  legs: readonly ShapeLeg[]
  /** Units of the whole. */
  quantity: Lots
  /** Most that one unit may cost, minor units; negative where it must bring something in. */
  netLimitMinor?: MinorUnits
}>

/**
 * Opens several contracts as one: atomic where the venue can, else leg by leg, what is bought first, with a plan to take
 * everything back that is written before the first leg is sent.
 */
export async function openShape(call: TradeCall, wish: ShapeWish): Promise<TradeOutcome> {
  const { ctx } = call
  const about = { symbol: wish.underlying, side: 'buy' as const }
  const crossing = crossed(call, wish)
  if (crossing) return crossing
  const verdict = await checkShape(call, wish.shape, wish.legs, wish.quantity)
  if (verdict.kind === 'misfit') return { kind: 'refused', refusal: verdict.refusal, reasons: verdict.reasons }
  const reasons = judgeLegs(call, wish)
  if (verdict.kind === 'held') return deny(call, about, [...reasons, ...verdict.reasons])
  const isAtomic = ctx.broker.capabilities.combo
  const net = netOf(wish)
  const dear = !isAtomic && wish.netLimitMinor !== undefined && net > wish.netLimitMinor
  const limit = dear ? [tooDear(call, net, wish.netLimitMinor!)] : []
  if (reasons.length > 0 || dear) return deny(call, about, [...reasons, ...limit])
  const told = [asked(call), ...verdict.reasons, costs(call, net)]
  return isAtomic ? sendWhole(call, wish, told) : sendInTurn(call, wish, told)
}

/** Every reason that speaks against any of the legs, each told once. */
function judgeLegs(call: TradeCall, { legs, quantity }: ShapeWish): readonly Reason[] {
  const found = new Map<string, Reason>()
  const sizes = legs.map(({ contract, ratio }) => ({ instrument: contract, lots: ratio * quantity }))
  for (const [index, { contract, side }] of legs.entries()) {
    const wish = { symbol: contract.symbol, side, quantity: lots(sizes[index]!.lots) }
    // The legs before it are taken too: what counts all instruments together counts them.
    const judged = judgeEntry(call, wish, { whole: true, beside: sizes.slice(0, index) })
    if (judged.kind === 'denied')
      for (const reason of judged.reasons) found.set(`${reason.code} ${reason.text}`, reason)
  }
  return [...found.values()]
}

/** A leg that would close something is not the leg that was asked for. */
function crossed({ book }: TradeCall, { legs }: ShapeWish): TradeOutcome | undefined {
  for (const { contract, side } of legs) {
    const { symbol } = contract
    if (!reduces(heldOf(book, symbol), side) && workingEntries(book, symbol) === 0) continue
    return refused(
      'trade-invalid',
      `${symbol} is held or being ordered already: this trade would mix with it.`,
      'Close it first, or choose other strikes.',
    )
  }
  return undefined
}

async function sendWhole(call: TradeCall, wish: ShapeWish, reasons: readonly Reason[]): Promise<TradeOutcome> {
  const { ctx, book } = call
  const records = intents(call, wish, 'combo')
  write(call, wish, records, reasons)
  const ids = idsOf(records)
  ctx.store.transact(() => {
    for (const id of ids) rewrite(ctx, book, book.orderOrThrow(id), { status: 'sent' }, 'submitting all legs together')
  })
  const reply = await ctx.broker.submitCombo({
    comboId: orderIdOf(call, 'entry'),
    legs: records.map(({ order }) => order),
    ...(wish.netLimitMinor === undefined ? {} : { netLimitMinor: wish.netLimitMinor }),
  })
  if (reply.ok) {
    for (const order of reply.value) applyExecution(ctx, book, { order })
    const refusedLeg = reply.value.find(({ status }) => status === 'rejected')
    const sent: SubmitOutcome = refusedLeg
      ? { kind: 'rejected', reason: refusedLeg.reason ?? 'the broker gave no reason' }
      : { kind: 'acknowledged' }
    return outcomeOf(sent, ids, reasons)
  }
  const [first = { kind: 'unknown' } as const] = ids.map((id) => failedSubmit(ctx, book, id, reply.failure))
  return outcomeOf(first, ids, reasons)
}

async function sendInTurn(call: TradeCall, wish: ShapeWish, reasons: readonly Reason[]): Promise<TradeOutcome> {
  const { ctx, book } = call
  // Bought first: sold alone, a leg could lose without limit.
  const legs = [...wish.legs].sort((a, b) => (a.side === b.side ? 0 : a.side === 'buy' ? -1 : 1))
  const ordered = { ...wish, legs }
  const records = intents(call, ordered, 'leg')
  const plan: TradePlan = {
    signalId: call.ref.signalId,
    kind: 'legs',
    steps: records.map(({ order }, index) => ({
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      ratio: legs[index]!.ratio,
      unwindId: orderIdOf(call, `unwind-${index}`),
    })),
    deadline: stepDeadline(ctx, book),
    state: 'opening',
    reason: '',
  }
  write(call, ordered, records, reasons, plan)
  keepPlan(ctx, book, plan)
  const ids = idsOf(records)
  return outcomeOf(await submitOrder(ctx, book, ids[0]!), ids, reasons)
}

function intents(call: TradeCall, { legs, quantity }: ShapeWish, reason: string): readonly OrderRecord[] {
  return legs.map(({ contract, side, ratio }, index) => {
    const order: NewOrder = {
      clientOrderId: orderIdOf(call, `leg-${index}`),
      symbol: contract.symbol,
      side,
      quantity: lots(ratio * quantity),
      type: { kind: 'market' },
      timeInForce: 'day',
      purpose: 'entry',
    }
    return intentOf(call, order, { reason })
  })
}

function write(
  call: TradeCall,
  { underlying, quantity, legs }: ShapeWish,
  records: readonly OrderRecord[],
  reasons: readonly Reason[],
  plan?: TradePlan,
): void {
  countEntry(call, call.ctx.instrumentOf(underlying) ?? legs[0]!.contract, quantity)
  writeCall(call, {
    records,
    decision: { action: 'enter', symbol: underlying, quantity, price: call.ctx.markOf(underlying) },
    reasons,
    ...(plan ? { plan } : {}),
  })
  call.ctx.log.info('decision-enter', `${call.command.kind} on ${underlying}, ${quantity} of ${legs.length} legs`, {
    signalId: call.ref.signalId,
    orders: idsOf(records),
  })
}

function idsOf(records: readonly OrderRecord[]): readonly ClientOrderId[] {
  return records.map(({ order }) => order.clientOrderId)
}

/** What one unit costs now, minor units; below 0 where it brings something in. */
function netOf({ legs }: ShapeWish): MinorUnits {
  return minorUnits(
    legs.reduce((sum, { contract, side, ratio, px }) => sum + signOf(side) * ratio * px * contract.tickValue, 0),
  )
}

function costs({ ctx }: TradeCall, net: MinorUnits): Reason {
  const { currency } = ctx.instrument
  const text =
    net < 0 ? `brings in about ${moneyText(currency, minorUnits(-net))}` : `costs about ${moneyText(currency, net)}`
  return { code: 'net-premium', text: `one unit ${text}` }
}

function tooDear(call: TradeCall, net: MinorUnits, limit: MinorUnits): Reason {
  const { currency } = call.ctx.instrument
  return {
    code: 'net-limit',
    text: `${costs(call, net).text} now, beyond the limit of ${moneyText(currency, limit)}; this broker takes the legs one by one, so it can't wait for a better price`,
  }
}
