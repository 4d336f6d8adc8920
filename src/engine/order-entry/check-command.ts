import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { fieldWords } from '../../domain/order/field-words.ts'
import { refused } from './trade-call.ts'

/** Most lots that one command may ask for: far beyond any limit, and far below where arithmetic would end. */
export const MOST_LOTS = 1_000_000

/**
 * Looks at the numbers of a command itself, whatever the account stands at.
 *
 * @returns a refusal that names the field, its value and its range; undefined where nothing is wrong
 */
export function checkCommand(command: TradeCommand): TradeOutcome | undefined {
  const fields: Record<string, unknown> =
    command.kind === 'modify-order' ? { ...command.change } : (command as Record<string, unknown>)
  for (const field of ['quantity', 'limitPx', 'stopPx', 'targetPx']) {
    const value = fields[field]
    if (value === undefined) continue
    const most = field === 'quantity' ? MOST_LOTS : Number.MAX_SAFE_INTEGER
    if (isWhole(value, 1, most)) continue
    const range =
      field === 'quantity' ? `a whole number of lots from 1 to ${MOST_LOTS}` : 'a positive whole number of ticks'
    return wrong(field, value, range)
  }
  if ('percent' in command && !(command.percent >= 1 && command.percent <= 100))
    return wrong('percent', command.percent, 'from 1 to 100')
  const trail = fields['trail'] as { by?: unknown; ticks?: unknown; bps?: unknown } | undefined
  if (trail?.by === 'amount' && !isWhole(trail.ticks, 1, Number.MAX_SAFE_INTEGER))
    return wrong('trail', trail.ticks, 'a positive whole number of ticks')
  if (trail?.by === 'percent' && !isWhole(trail.bps, 1, 9_999))
    return wrong('trail', trail.bps, 'from 1 to 9999 basis points')
  if ('netLimitMinor' in command && command.netLimitMinor !== undefined && !Number.isSafeInteger(command.netLimitMinor))
    return wrong('netLimitMinor', command.netLimitMinor, 'a whole number of minor units')
  return undefined
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
}

function wrong(field: string, value: unknown, range: string): TradeOutcome {
  return refused(
    'trade-invalid',
    `${fieldWords(field)} ${String(value)} is not possible: it must be ${range}.`,
    'Correct it and ask again.',
  )
}
