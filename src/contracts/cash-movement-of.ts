import { refusal, type Refusal } from '../domain/failure/refusal.ts'
import { formatMoney, type Currency } from '../domain/instrument/instrument.ts'
import {
  CASH_MOVEMENT_KINDS,
  type BookedMovement,
  type CashMovement,
  type CashMovementKind,
} from '../domain/ledger/cash-movement.ts'
import { parseDecimal } from '../domain/units/decimal.ts'
import { minorUnits } from '../domain/units/units.ts'
import type { CashMovementRow } from './cash-request.ts'

/** As in cash-request.ts, whose schemas a bot does not load. */
const LONGEST_NOTE = 200
/** 10^15 minor units: whatever is added to it stays exact. */
const MOST = 1e15
/** What it does to the cash when its amount is above 0. */
const WAY = { deposit: 1, withdrawal: -1, fee: -1, interest: 1 } as const satisfies Record<CashMovementKind, 1 | -1>
/** A fee may be given back, and interest be charged. */
const BOTH_WAYS: ReadonlySet<CashMovementKind> = new Set(['fee', 'interest'])

/**
 * The movement a request means. Read by hand: a bot starts without schemas.
 *
 * @param given a `CashRequest`, or anything else: it is checked here
 * @returns a refusal that names the field, its value and what is possible
 */
export function cashMovementOf(requestId: string, given: unknown, currency: Currency): CashMovement | Refusal {
  const {
    kind,
    amount,
    note = '',
  } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Record<'kind' | 'amount' | 'note', unknown>>
  if (!isKind(kind))
    return invalid(`${say(kind)} is no kind of movement.`, `Use one of: ${CASH_MOVEMENT_KINDS.join(', ')}.`)
  const minor = typeof amount === 'string' ? parseDecimal(amount, currency.digits) : undefined
  if (minor === undefined || Math.abs(minor) > MOST)
    return invalid(
      `${say(amount)} is no amount of ${currency.code}.`,
      `Give a plain decimal with at most ${currency.digits} decimal places, such as ${formatMoney(currency, minorUnits(12_50))}.`,
    )
  if (minor === 0 || (minor < 0 && !BOTH_WAYS.has(kind)))
    return invalid(`A ${kind} of ${say(amount)} is not possible: it must be above 0.`, AMOUNT_STEP)
  if (typeof note !== 'string' || note.length > LONGEST_NOTE || hasControl(note))
    return invalid(`The note can't be kept.`, `Give one line of at most ${LONGEST_NOTE} characters.`)
  return { requestId, kind, changeMinor: minorUnits(minor * WAY[kind]), note: note.trim() }
}

const AMOUNT_STEP =
  'The kind says which way it went. A fee that was given back and interest that was charged have an amount below 0.'

export function isCashRefusal(result: CashMovement | Refusal): result is Refusal {
  return 'nextStep' in result
}

/** A booked movement as it is listed. */
export function movementRow(movement: BookedMovement, digits: number): CashMovementRow {
  const { requestId, at, kind, changeMinor, currency, note } = movement
  const change = formatMoney({ code: currency, digits }, changeMinor)
  return { requestId, at: new Date(at).toISOString(), kind, change, currency, note }
}

function isKind(value: unknown): value is CashMovementKind {
  return (CASH_MOVEMENT_KINDS as readonly unknown[]).includes(value)
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function say(value: unknown): string {
  return value === undefined ? 'Nothing' : JSON.stringify(value).slice(0, 60)
}

function invalid(message: string, nextStep: string): Refusal {
  return refusal('cash-invalid', message, nextStep)
}
