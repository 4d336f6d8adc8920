/** What names one account at one broker everywhere. */
export type BrokerAccount = Readonly<{
  broker: string
  /** The firm's environment or gateway, where one broker name stands for several; '' where it does not. */
  venue: string
  accountNumber: string
}>

/**
 * The text that an account's reference is derived from, alike on every device: case, width and space about a part make no
 * difference, and no part can run into the next.
 */
export function accountRefText({ broker, venue, accountNumber }: BrokerAccount): string {
  const parts = [broker, venue, accountNumber].map((part) => part.normalize('NFKC').trim().toLowerCase())
  return JSON.stringify(['slipway account 1', ...parts])
}
