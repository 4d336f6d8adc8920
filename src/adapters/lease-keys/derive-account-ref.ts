import { scrypt } from 'node:crypto'
import { accountRefText, type BrokerAccount } from '../../domain/licence/account-ref.ts'

/**
 * Account numbers are short and can be guessed one after the other. 32 MB and a tenth of a second for each guess make that
 * dear; the salt is the same everywhere, since every device must come to the same reference.
 */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const SALT = 'slipway account reference 1'
const BYTES = 16

/**
 * The name of a broker's account for the cloud: 32 hex digits that do not show it. Not for a bot's own process, whose
 * memory it would double: the launcher derives it and hands it over.
 */
export function deriveAccountRef(account: BrokerAccount): Promise<string> {
  return new Promise((resolve, reject) =>
    scrypt(accountRefText(account), SALT, BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key.toString('hex')),
    ),
  )
}
