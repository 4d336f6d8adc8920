import './plain-schemas.ts'
import { BOT_EXIT } from '../../contracts/bot-start.ts'
import { EXIT_CODE_OF, Refused } from '../../domain/failure/refusal.ts'
import { readStart } from './read-start.ts'
import { tradeAccount } from './trade-account.ts'

/** A bot process: trades the one account its start message names, then ends. */
async function main(): Promise<number> {
  try {
    return await tradeAccount(readStart(0))
  } catch (error) {
    if (error instanceof Refused) {
      // The starter reads this line; nothing of the account was touched.
      process.stderr.write(`${JSON.stringify({ refused: error.refusal })}\n`)
      return EXIT_CODE_OF[error.refusal.code]
    }
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return BOT_EXIT.failed
  }
}

void main().then((code) => (process.exitCode = code))
