import { readFileSync } from 'node:fs'
import type { LastExit } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

/**
 * Leaves word of how a bot ended. A bot that was refused before it had a status keeps the status of the one before it.
 */
export function writeLastExit(layout: Pick<HomeLayout, 'lastExit'>, accountId: AccountId, value: LastExit): void {
  const path = layout.lastExit(accountId)
  replaceFile(path, JSON.stringify({ ...value, status: value.status ?? statusBefore(path) }) + '\n')
}

/** Handed on as it is: whoever reads the word checks it. */
function statusBefore(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { status?: unknown }).status ?? null
  } catch {
    return null
  }
}
