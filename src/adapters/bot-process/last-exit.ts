import { readFileSync } from 'node:fs'
import { LastExit } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'

type Where = Pick<HomeLayout, 'lastExit'>

/** @returns undefined when no bot of the account ever ended in order, or its word can't be read: it only explains */
export function readLastExit(layout: Where, accountId: AccountId): LastExit | undefined {
  try {
    return LastExit.safeParse(JSON.parse(readFileSync(layout.lastExit(accountId), 'utf8'))).data
  } catch {
    return undefined
  }
}
