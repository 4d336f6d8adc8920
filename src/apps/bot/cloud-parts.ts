import type { CloudClient } from '../../adapters/cloud/ask.ts'
import type { LeaseKeeper } from '../../adapters/cloud/lease-keeper.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotCloud } from '../../contracts/bot-start.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { ConfidenceSource } from '../../domain/confidence/confidence.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { BotLog } from '../../engine/bot/bot-context.ts'

/** What a bot's way to the cloud works with. */
export type CloudParts = Readonly<{
  layout: HomeLayout
  accountId: AccountId
  settings: AccountSettings
  /** undefined: this installation works without one. */
  cloud: BotCloud | undefined
  secrets: Readonly<Record<string, string>>
  log: BotLog
  instrumentOf: (symbol: string) => Instrument | undefined
  /** Something a watcher would like to know has changed. */
  changed: () => void
}>

/** What of it is there once it is loaded. */
export type Opened = Readonly<{ client: CloudClient; confidence: ConfidenceSource; keeper: LeaseKeeper | undefined }>
