import { requestOf } from '../../src/contracts/account-request.ts'
import type { AccountSettings } from '../../src/contracts/account-settings.ts'
import { foldAccountId } from '../../src/domain/account/account-id.ts'
import type { WholeNewAccount } from '../../src/contracts/launcher/accounts.ts'

/** An account as far as it is typed. */
export type Draft = Readonly<{
  accountId: string
  user: string
  broker: string
  mode: 'paper' | 'live'
  strategy: string
  symbol: string
  timeframe: string
  feed: string
  /** Settings by key, as typed; what is empty or missing is left to its default. */
  values: Readonly<Record<string, string>>
}>

export const EMPTY_DRAFT: Draft = {
  ...{ accountId: '', user: '', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' },
  ...{ symbol: '', timeframe: '1m', feed: 'replay:60x', values: {} },
}

const PLAIN_KEYS = ['broker', 'mode', 'strategy', 'symbol', 'timeframe', 'feed'] as const

/** What a form starts with for an account that exists, or for its twin. */
export function draftOf(settings: AccountSettings): Draft {
  const { set, ...plain } = requestOf(settings)
  const values = Object.fromEntries(
    set.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  return { ...plain, values }
}

/** The same account under another id. A twin of a live account starts as paper: real money is chosen, never inherited. */
export function twinOf(settings: AccountSettings, taken: readonly string[]): Draft {
  const draft = draftOf(settings)
  const base = settings.accountId.replace(/-\d+$/, '').slice(0, 58)
  let n = 2
  while (whyTaken(`${base}-${n}`, taken) !== undefined) n++
  return { ...draft, accountId: `${base}-${n}`, mode: 'paper' }
}

/** Why a new account can't have this id, in one sentence; undefined when it may. The launcher has the last word. */
export function whyTaken(id: string, taken: readonly string[]): string | undefined {
  const other = taken.find((one) => foldAccountId(one) === foldAccountId(id))
  if (other === undefined) return undefined
  return other === id
    ? `There is an account ${id} already.`
    : `${id} differs from the account ${other} in upper and lower case only.`
}

/** What to send for a new account. */
export function newAccountOf({ values, ...plain }: Draft): WholeNewAccount {
  return { ...plain, set: Object.entries(values).flatMap(([key, value]) => (value === '' ? [] : [`${key}=${value}`])) }
}

/** What to send for a change: only what is different. An emptied setting goes back to its default. */
export function changesOf(before: Draft, after: Draft): string[] {
  const plain = PLAIN_KEYS.filter((key) => before[key] !== after[key]).map((key) => `${key}=${after[key]}`)
  // Another strategy starts from its defaults; parameters of the old one are not sent along.
  const isOther = before.strategy !== after.strategy
  const keys = new Set([...Object.keys(before.values), ...Object.keys(after.values)])
  const values = [...keys]
    .filter((key) => (after.values[key] ?? '') !== (before.values[key] ?? ''))
    .filter((key) => !(isOther && !key.includes('.') && (after.values[key] ?? '') === ''))
    .map((key) => `${key}=${after.values[key] ?? ''}`)
  return [...plain, ...values]
}

/** Choosing another strategy drops the parameters of the one before. */
export function withStrategy(draft: Draft, strategy: string): Draft {
  if (strategy === draft.strategy) return draft
  const values = Object.fromEntries(Object.entries(draft.values).filter(([key]) => key.includes('.')))
  return { ...draft, strategy, values }
}

export function withValue(draft: Draft, key: string, value: string): Draft {
  return { ...draft, values: { ...draft.values, [key]: value } }
}

/** A preset fills limits by itself, so the ones typed before are dropped; the launcher tells what they became. */
export function withPreset(draft: Draft, preset: string): Draft {
  const values = Object.fromEntries(Object.entries(draft.values).filter(([key]) => !key.startsWith('risk.')))
  return { ...draft, values: { ...values, 'risk.preset': preset } }
}
