import type { PortfolioShare } from '../domain/risk/portfolio/portfolio-share.ts'
import { epochMs } from '../domain/units/units.ts'
import { REQUEST_ID } from './request-name.ts'

/**
 * What a client asks of a bot over its control socket, by type. Read by hand: these are few and plain, and a bot that
 * builds no schema starts in three quarters of the time.
 */
export type BotRequest =
  /** Challenge: only the process that answers with the recorded instanceId is the bot of the record. */
  | Readonly<{ type: 'hello'; id: number }>
  | Readonly<{ type: 'status'; id: number }>
  | Readonly<{ type: 'watch'; id: number }>
  | Readonly<{ type: 'stop'; id: number; flatten: boolean; keepOrders: boolean }>
  | Readonly<{ type: 'flatten'; id: number }>
  /** Something for the trading service. `command` is a `TradeRequest`, read when it comes: its schema is the largest there is. */
  | Readonly<{ type: 'trade'; id: number; signalId: string; command: unknown }>
  /** Money that moved without a fill, to be booked. `movement` is a `CashRequest`, read when it comes. */
  | Readonly<{ type: 'cash'; id: number; requestId: string; movement: unknown }>
  /** What the user's accounts use together, and this one's part of their limits. */
  | Readonly<{ type: 'portfolio'; id: number; share: PortfolioShare }>
  /** Something about its licence may have changed: it asks the cloud itself, and believes nobody else. */
  | Readonly<{ type: 'licence'; id: number }>

/** Reads a request, of whatever type: undefined for what is none. What it does not know, it leaves out. */
export function readBotRequest(value: unknown): BotRequest | undefined {
  if (!isObject(value) || !isWhole(value.id)) return undefined
  const { type, id } = value
  switch (type) {
    case 'hello':
    case 'status':
    case 'watch':
    case 'flatten':
    case 'licence':
      return { type, id }
    case 'stop': {
      const { flatten = false, keepOrders = false } = value
      return isFlag(flatten) && isFlag(keepOrders) ? { type, id, flatten, keepOrders } : undefined
    }
    case 'trade': {
      const { signalId, command } = value
      return typeof signalId === 'string' && REQUEST_ID.test(signalId) ? { type, id, signalId, command } : undefined
    }
    case 'cash': {
      const { requestId, movement } = value
      return typeof requestId === 'string' && REQUEST_ID.test(requestId) ? { type, id, requestId, movement } : undefined
    }
    case 'portfolio': {
      const share = readShare(value.share)
      return share && { type, id, share }
    }
    default:
      return undefined
  }
}

function readShare(value: unknown): PortfolioShare | undefined {
  if (!isObject(value)) return undefined
  // A launcher of before counts what it can't read as nothing.
  const { epoch, seq, asOf, currency, accounts, unknown = [], used, ceilings, dayResultMinor } = value
  if (!isWhole(epoch) || !isWhole(seq) || !isWhole(asOf) || !isWhole(accounts) || !isWhole(dayResultMinor))
    return undefined
  if (typeof currency !== 'string' || !isNames(unknown) || !isUses(used) || !isUses(ceilings)) return undefined
  return { epoch, seq, asOf: epochMs(asOf), currency, accounts, unknown, used, ceilings, dayResultMinor }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const isUses = (value: unknown): value is Record<string, number> =>
  isObject(value) && Object.values(value).every((each) => isWhole(each))
