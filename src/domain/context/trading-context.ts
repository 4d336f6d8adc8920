import type { AccountId } from '../account/account-id.ts'

export type Mode = 'paper' | 'live'

/**
 * Who acts, for which account, in which mode. Passed with every call that acts for an account; never looked up.
 *
 * `signature` names the decider (strategy or model) as it appears in records, `tradingDate` is the exchange's
 * session date (YYYY-MM-DD) of the moment, `modelId` and `baseModel` name an AI model where one decides.
 */
export type TradingContext = Readonly<{
  userId: string
  accountId: AccountId
  mode: Mode
  signature: string
  tradingDate: string
  modelId: string
  baseModel: string
}>

/** A context that nobody can change afterwards. */
export function tradingContext(fields: TradingContext): TradingContext {
  return Object.freeze({ ...fields })
}
