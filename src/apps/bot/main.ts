import { secretRegistry } from '../../adapters/log/redact.ts'
import { BOT_EXIT } from '../../contracts/bot-start.ts'
import { EXIT_CODE_OF, Refused } from '../../domain/failure/refusal.ts'
import { readStart } from './read-start.ts'
import { tradeAccount } from './trade-account.ts'

/** A bot process: trades the one account its start message names, then ends. */
async function main(): Promise<number> {
  let secrets: readonly string[] = []
  try {
    const start = readStart(0)
    secrets = Object.values(start.secrets)
    return await tradeAccount(start)
  } catch (error) {
    // A venue may say our own token back to us.
    const say = (text: string | undefined) => process.stderr.write(`${secretRegistry(secrets).hide(text ?? '')}\n`)
    if (error instanceof Refused) {
      // The starter reads this line; nothing of the account was touched.
      say(JSON.stringify({ refused: error.refusal }))
      return EXIT_CODE_OF[error.refusal.code]
    }
    say(error instanceof Error ? error.stack : String(error))
    return BOT_EXIT.failed
  }
}

void main().then((code) => (process.exitCode = code))
