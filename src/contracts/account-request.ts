import { z } from 'zod'
import { formatFeed } from '../domain/feed/parse-feed.ts'
import { epochMs } from '../domain/units/units.ts'
import {
  CloudSettings,
  GatewaySettings,
  RiskSettings,
  SimulationSettings,
  type AccountSettings,
} from './account-settings.ts'
import { NewAccount, type WholeNewAccount } from './launcher/accounts.ts'

/** A file of settings: for another computer, or for the same one later. No secrets, and no paths of this computer. */
export const AccountsFile = z.strictObject({
  format: z.literal('slipway-accounts'),
  version: z.literal(1),
  accounts: z.array(NewAccount).min(1).max(1_000),
})
export type AccountsFile = z.output<typeof AccountsFile>

const GROUPS = {
  risk: RiskSettings,
  simulation: SimulationSettings,
  gateway: GatewaySettings,
  cloud: CloudSettings,
} as const
/** A breach that was cleared belongs to the books of one account; a file's path to one computer. */
const NOT_TAKEN = new Set(['risk.clearBreach', 'gateway.tokenFile'])

/**
 * The request that would make an account with these settings: what cloning, exporting and the form for changes start
 * from. Every setting of a group is in it, because the defaults of a new account depend on its symbol.
 */
export function requestOf(settings: AccountSettings): WholeNewAccount {
  const { accountId, user, broker, mode, strategy, symbol, alsoSymbols, timeframe } = settings
  const { preset, ...limits } = settings.risk
  return {
    ...{ accountId, user, broker, mode, strategy, timeframe },
    symbol: [symbol, ...alsoSymbols].join(','),
    feed: feedText(settings.feed),
    set: [
      ...pairs('', settings.parameters),
      // A preset fills the limits; what stands beside it is then at least as strict.
      `risk.preset=${preset}`,
      ...pairs('risk.', limits),
      ...(broker === 'sim' ? pairs('simulation.', settings.simulation) : []),
      ...(broker === 'gateway' ? pairs('gateway.', settings.gateway) : []),
      ...pairs('cloud.', settings.cloud),
    ],
  }
}

export function accountsFile(accounts: readonly AccountSettings[]): AccountsFile {
  return { format: 'slipway-accounts', version: 1, accounts: accounts.map(requestOf) }
}

/** Names of the settings in a group, with their defaults. */
export function settingsIn(group: keyof typeof GROUPS): Readonly<Record<string, string | number>> {
  return GROUPS[group].parse({})
}

/** The feed as it would be typed. */
function feedText(feed: AccountSettings['feed']): string {
  if (feed.kind === 'synthetic') return formatFeed(feed)
  const { kind, speed, from, to } = feed
  const at = (time: string | undefined) => (time === undefined ? undefined : epochMs(Date.parse(time)))
  const [start, end] = [at(from), at(to)]
  return formatFeed({
    ...{ kind, speed },
    ...(start === undefined ? {} : { from: start }),
    ...(end === undefined ? {} : { to: end }),
  })
}

function pairs(prefix: string, values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values)
    .map(([name, value]) => [`${prefix}${name}`, value] as const)
    .filter(([key]) => !NOT_TAKEN.has(key))
    .map(([key, value]) => `${key}=${value}`)
}
