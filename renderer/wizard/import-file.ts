import { AccountsFile } from '../../src/contracts/account-request.ts'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { WholeNewAccount } from '../../src/contracts/launcher/accounts.ts'
import { refusal } from '../../src/domain/failure/refusal.ts'
import { Failed } from '../failure/failed.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'

/** One account of a file, and why it would be refused. */
export type ImportRow = Readonly<{ account: WholeNewAccount; problem: RefusalShape | undefined }>

/**
 * The accounts of an exported file. None of them is live: real money is chosen, never imported.
 *
 * @throws {Failed} 'bad-usage'
 */
export function readAccountsFile(text: string): readonly WholeNewAccount[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Failed(refusal('bad-usage', 'This file is no JSON.', 'Choose a file that Export has made.'))
  }
  const parsed = AccountsFile.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    const where = path.length === 0 ? '' : ` at ${path.join('.')}`
    throw new Failed(
      refusal('bad-usage', `This is no file of accounts: ${message}${where}.`, 'Choose a file that Export has made.'),
    )
  }
  return parsed.data.accounts.map((account) => ({ ...account, mode: 'paper' as const }))
}

/** What the launcher says of each; a file that names an account twice is told of the second. */
export async function judgeImport(
  client: Pick<LauncherClient, 'accounts'>,
  accounts: readonly WholeNewAccount[],
): Promise<readonly ImportRow[]> {
  const seen = new Set<string>()
  const rows: ImportRow[] = []
  for (const account of accounts) {
    const key = account.accountId.toLowerCase()
    const problem = seen.has(key) ? TWICE : await whyRefused(client, account)
    seen.add(key)
    rows.push({ account, problem })
  }
  return rows
}

async function whyRefused(client: Pick<LauncherClient, 'accounts'>, account: WholeNewAccount) {
  try {
    await client.accounts.check(account)
    return undefined
  } catch (error) {
    return describeFailure(error)
  }
}

const TWICE: RefusalShape = {
  code: 'account-exists',
  message: 'The file names this account twice.',
  nextStep: 'The first of them is taken.',
}
