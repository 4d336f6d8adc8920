import type { Refusal } from '../../../domain/failure/refusal.ts'
import { openGatewayClient } from './gateway-client.ts'
import type { GatewayBrokerContext } from './open-gateway-broker.ts'

type TermsToAsk = Omit<GatewayBrokerContext, 'currency' | 'instrumentOf' | 'random' | 'trouble'> &
  Readonly<{ currency: string }>

/**
 * Asks a gateway whether it would open the account, and nothing else.
 *
 * @returns why not, in the words of `openGatewayBroker`; undefined where it would, or does not answer
 */
export async function whyNotOpened(asked: TermsToAsk): Promise<Refusal | undefined> {
  const { accountId, url, token, account, mode, currency, recognise, timeoutMs, connectMs, elapsed } = asked
  const client = openGatewayClient({
    ...{ address: { url, token, account, connectMs }, timeoutMs, elapsed, recognise, trouble: () => undefined },
    wanted: { accountId, url, account, mode, currency },
  })
  try {
    return await client.agree()
  } finally {
    client.close()
  }
}
