import { readFileSync } from 'node:fs'
import { LastExit } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

type Where = Pick<HomeLayout, 'lastExit'>

/**
 * Leaves word of how a bot ended. A bot that was refused before it had a status keeps the status of the one before it.
 */
export function writeLastExit(layout: Where, accountId: AccountId, value: LastExit): void {
  const status = value.status ?? readLastExit(layout, accountId)?.status ?? null
  replaceFile(layout.lastExit(accountId), JSON.stringify({ ...value, status }) + '\n')
}

/** @returns undefined when no bot of the account ever ended in order, or its word can't be read: it only explains */
export function readLastExit(layout: Where, accountId: AccountId): LastExit | undefined {
  try {
    return LastExit.safeParse(JSON.parse(readFileSync(layout.lastExit(accountId), 'utf8'))).data
  } catch {
    return undefined
  }
}
