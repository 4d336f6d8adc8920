import type { Reason } from '../decision/decision.ts'
import { isTakenName } from '../experience/feature-name.ts'
import { isRecord, shown } from './plug-in.ts'
import { readCommand } from './read-command.ts'
import type { ExitReason, Proposal } from './strategy.ts'

const EXIT_REASONS: readonly string[] = ['time-stop', 'session-close', 'signal'] satisfies ExitReason[]
const CODE = /^[a-z0-9][a-z0-9-]{0,47}$/
const FEATURE = /^[A-Za-z][A-Za-z0-9_.-]{0,47}$/
const MOST_REASONS = 32
const MOST_FEATURES = 64
const LONGEST_TEXT = 500

/**
 * Reads what a plug-in proposed: past this point it is as good as one of ours.
 *
 * @param value plain JSON
 * @returns the proposal, or the first thing that is wrong with it, as a clause ("stopPx must be …")
 */
export function readProposal(value: unknown): Proposal | string {
  if (!isRecord(value)) return `a proposal must be an object or undefined, and is ${shown(value)}`
  switch (value.kind) {
    case 'enter':
    case 'hold':
      return readSetup(value, value.kind)
    case 'exit':
      return readExit(value)
    case 'trade':
      return readTrade(value)
    default:
      return `kind must be "enter", "exit", "hold" or "trade", and is ${shown(value.kind)}`
  }
}

function readSetup(value: Record<string, unknown>, kind: 'enter' | 'hold'): Proposal | string {
  const allowed =
    kind === 'enter' ? ['side', 'stopPx', 'targetPx', 'reasons', 'features'] : ['side', 'reasons', 'features']
  const { side, stopPx, targetPx, features } = value
  const wrong =
    unknownField(value, allowed) ??
    (side === 'buy' || side === 'sell' || (kind === 'hold' && side === undefined)
      ? undefined
      : `side must be "buy" or "sell", and is ${shown(side)}`) ??
    (kind === 'enter' ? (wrongPrice('stopPx', stopPx) ?? wrongPrice('targetPx', targetPx)) : undefined) ??
    wrongReasons(value.reasons, 1) ??
    wrongFeatures(features)
  if (wrong !== undefined) return wrong
  const { reasons } = value
  return (
    kind === 'enter'
      ? { kind, side, stopPx, targetPx, reasons, features: features ?? {} }
      : { kind, ...(side === undefined ? {} : { side }), reasons, features: features ?? {} }
  ) as Proposal
}

function readExit(value: Record<string, unknown>): Proposal | string {
  const { reason, reasons } = value
  const wrong =
    unknownField(value, ['reason', 'reasons']) ??
    (typeof reason === 'string' && EXIT_REASONS.includes(reason)
      ? undefined
      : `reason must be one of ${EXIT_REASONS.join(', ')}, and is ${shown(reason)}`) ??
    wrongReasons(reasons, 0)
  return wrong ?? ({ kind: 'exit', reason, reasons } as Proposal)
}

function readTrade(value: Record<string, unknown>): Proposal | string {
  const { reasons, features } = value
  const wrong =
    unknownField(value, ['command', 'reasons', 'features']) ?? wrongReasons(reasons, 1) ?? wrongFeatures(features)
  if (wrong !== undefined) return wrong
  const command = readCommand(value.command)
  return typeof command === 'string'
    ? command
    : ({ kind: 'trade', command, reasons, features: features ?? {} } as Proposal)
}

/** Remarks for the log. @returns them, or what is wrong, as a clause */
export function readWarnings(value: unknown): readonly Reason[] | string {
  return wrongReasons(value, 0, 'takeWarnings()') ?? (value as readonly Reason[])
}

/** Indicator values. @returns them, or what is wrong, as a clause */
export function readIndicators(value: unknown): Readonly<Record<string, number>> | undefined | string {
  if (value === undefined || value === null) return undefined
  return wrongNumbers('indicators()', value) ?? (value as Record<string, number>)
}

/** A misspelt field would otherwise be an order without what it said. */
function unknownField(value: Record<string, unknown>, allowed: readonly string[]): string | undefined {
  const strange = Object.keys(value).find((key) => key !== 'kind' && !allowed.includes(key))
  return strange === undefined
    ? undefined
    : `${JSON.stringify(String(value.kind))} has no field ${strange}; its fields are ${allowed.join(', ')}`
}

function wrongPrice(name: string, value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return undefined
  return `${name} must be a whole number of ticks above 0, and is ${shown(value)}`
}

function wrongReasons(value: unknown, least: number, name = 'reasons'): string | undefined {
  if (!Array.isArray(value)) return `${name} must be a list, and is ${shown(value)}`
  if (value.length < least) return `${name} must name at least ${least}`
  if (value.length > MOST_REASONS) return `${name} has ${value.length} entries; ${MOST_REASONS} are the most`
  for (const [index, reason] of value.entries()) {
    if (!isRecord(reason)) return `${name}[${index}] must be {code, text}, and is ${shown(reason)}`
    const { code, text } = reason
    if (typeof code !== 'string' || !CODE.test(code))
      return `${name}[${index}].code must be small letters, digits and dashes, and is ${shown(code)}`
    if (typeof text !== 'string' || text === '') return `${name}[${index}].text must be a text, and is ${shown(text)}`
    if (text.length > LONGEST_TEXT)
      return `${name}[${index}].text has ${text.length} characters; ${LONGEST_TEXT} are the most`
  }
  return undefined
}

/** A name that is taken costs the setup its place in the pool (handle-bar.ts), not the account its strategy. */
function wrongFeatures(value: unknown): string | undefined {
  return value === undefined ? undefined : wrongNumbers('features', value, (key) => isName(key) || isTakenName(key))
}

const isName = (key: string) => FEATURE.test(key)

function wrongNumbers(name: string, value: unknown, isFine = isName): string | undefined {
  if (!isRecord(value)) return `${name} must be an object of numbers, and is ${shown(value)}`
  const entries = Object.entries(value)
  if (entries.length > MOST_FEATURES) return `${name} has ${entries.length} entries; ${MOST_FEATURES} are the most`
  for (const [key, number] of entries) {
    if (!isFine(key)) return `${name} has a name ${shown(key)}; use letters, digits and underscores`
    if (typeof number !== 'number' || !Number.isFinite(number))
      return `${name}.${key} must be a number, and is ${shown(number)}`
  }
  return undefined
}
