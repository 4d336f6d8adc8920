import type { AccountStatus } from '../../../contracts/fleet.ts'

/** What the tray has to say about the fleet. */
export type FleetSummary = Readonly<{
  /** E.g. `5 trading, 1 blind, 1 crashed`. */
  text: string
  /** Accounts a person should look at, the worst first. */
  troubled: readonly AccountStatus[]
  /** Bots that have a process, or are about to get one. */
  running: readonly AccountStatus[]
}>

/** In the order they are counted and listed. */
const WORDS = {
  crashed: 'crashed',
  blind: 'blind',
  blocked: 'blocked',
  'backing-off': 'starting again',
  trading: 'trading',
  starting: 'starting',
  reconciling: 'reconciling',
  stopping: 'stopping',
  stopped: 'stopped',
} as const satisfies Record<AccountStatus['state'], string>

const STATES = Object.keys(WORDS) as (keyof typeof WORDS)[]
const TROUBLE: readonly string[] = ['crashed', 'blind', 'backing-off']

/** Sums a fleet up, for a line of text and a short menu. */
export function summarizeFleet(accounts: readonly AccountStatus[]): FleetSummary {
  const counted = STATES.map((state) => ({ state, n: accounts.filter((it) => it.state === state).length }))
  const said = counted.filter(({ n }) => n > 0).map(({ state, n }) => `${n} ${WORDS[state]}`)
  const rank = (account: AccountStatus) => STATES.indexOf(account.state)
  return {
    text: said.length === 0 ? 'no accounts yet' : said.join(', '),
    troubled: accounts.filter(isTroubled).toSorted((a, b) => rank(a) - rank(b)),
    running: accounts.filter(({ state }) => state !== 'stopped' && state !== 'crashed'),
  }
}

export function describeState({ state }: AccountStatus): string {
  return WORDS[state]
}

function isTroubled(account: AccountStatus): boolean {
  return TROUBLE.includes(account.state) || isAtLossLimit(account) || isKilled(account)
}

/** Whether an account has lost what it may lose. A bot that is older than that figure says so in the reason of its state. */
export function isAtLossLimit({ state, stateReason, lossLimitUsed }: AccountStatus): boolean {
  if (lossLimitUsed) return state !== 'stopped' && lossLimitUsed.share >= 1
  return state === 'blocked' && /\bloss of the day\b|\bdrawdown floor\b|\bloss limit\b/i.test(stateReason ?? '')
}

/** Whether the kill switch keeps an account from entering. */
export function isKilled({ state, stateReason }: AccountStatus): boolean {
  return state === 'blocked' && /\bkill switch\b/i.test(stateReason ?? '')
}
