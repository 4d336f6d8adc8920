import type { BrokerCapabilities } from '../../../domain/broker/broker.ts'
import type { VenueAccount } from '../../../domain/broker/venue-account.ts'
import { refusal, type Refusal } from '../../../domain/failure/refusal.ts'
import type { WireCapabilities } from './wire.ts'

/** What we need of a gateway before an order may go there. */
export type WantedTerms = Readonly<{
  /** Our id of the account, for what a person is told to do. */
  accountId: string
  url: string
  /** The account at the gateway; undefined: the only one. */
  account: string | undefined
  mode: 'paper' | 'live'
  currency: string
}>

/** An account as a gateway names it. */
export type AccountNamed = Omit<VenueAccount, 'address'>

const PROTOCOL = 1

/** What is promised while nobody has been asked: nothing, so that nothing is sent on a promise. */
export const NO_CAPABILITIES: BrokerCapabilities = {
  ...{ bracket: false, oco: false, trailingStop: false, replace: false, combo: false, reduceOnly: false },
  ...{ dedupesClientOrderId: false, visibilityLagMs: 10_000 },
}

/**
 * The account that a gateway opens for us.
 *
 * @param account the one that was chosen; undefined: the only one
 * @returns undefined where it opens none, or several of which none was chosen
 */
export function accountOpened<Offered extends Readonly<{ accountId: string }>>(
  accounts: readonly Offered[],
  account: string | undefined,
): Offered | undefined {
  return account === undefined && accounts.length === 1
    ? accounts[0]
    : accounts.find(({ accountId }) => accountId === account)
}

/**
 * Whether we can trade this account at this gateway.
 *
 * @returns the account as the gateway names it, or why not
 */
export function comeToTerms(offered: WireCapabilities, wanted: WantedTerms): AccountNamed | Refusal {
  const { url, mode, currency } = wanted
  const refused = (message: string, nextStep: string) => refusal('broker-refused', message, nextStep)
  if (offered.protocol !== PROTOCOL)
    return refused(
      `The gateway ${url} speaks version ${offered.protocol} of the protocol, we speak ${PROTOCOL}.`,
      'Use a gateway that speaks our version, or another version of Slipway.',
    )
  const ids = offered.accounts.map(({ accountId }) => accountId)
  const chosen = accountOpened(offered.accounts, wanted.account)
  if (!chosen)
    return refused(
      wanted.account === undefined
        ? `The token opens ${ids.length} accounts at the gateway ${url}, and none was chosen.`
        : `The gateway ${url} has no account ${wanted.account} for this token.`,
      ids.length === 0
        ? 'Ask the gateway for a token that opens one.'
        : `Set gateway.account to one of: ${ids.join(', ')}.`,
    )
  if (chosen.mode !== mode)
    return refused(
      `The account ${chosen.accountId} is a ${chosen.mode} account at the gateway, and set to ${mode} here.`,
      `Set mode=${chosen.mode}, if that is what you want, or choose another account.`,
    )
  if (chosen.currency !== currency)
    return refused(
      `The account ${chosen.accountId} is kept in ${chosen.currency}, and its instrument trades in ${currency}.`,
      `Choose an instrument in ${chosen.currency}, or another account.`,
    )
  return { accountId: chosen.accountId, mode, identity: chosen.identity }
}
