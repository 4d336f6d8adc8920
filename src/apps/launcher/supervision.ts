import type { BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import type { StartOutcome, StopOutcome } from '../../contracts/fleet.ts'
import type { CashReply } from '../../contracts/cash-request.ts'
import type { TradeReply } from '../../contracts/trade-request.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { PortfolioShare } from '../../domain/risk/portfolio/portfolio-share.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CashAsk, TradeAsk } from './ask-to-trade.ts'
import type { BotLinkContext } from './bot-link.ts'
import type { BotView } from './bot-phase.ts'
import type { StopRequest } from './stop-bot.ts'

export type SupervisionContext = Pick<BotLinkContext, 'layout' | 'whoHolds'> &
  Readonly<{
    program: BotProgram
    /** What to hand to the account's bot over its standard input. @throws {Refused} vault-locked and the like */
    secretsOf: (id: AccountId) => Promise<Record<string, string>>
    now: () => EpochMs
    /** 0 ≤ draw < 1. */
    random: () => number
    log: Log
    /** Called after every change of what `view` gives. */
    onChange: (id: AccountId) => void
  }>

export type SupervisedBot = Readonly<{
  view(): BotView
  /** Starts the bot, or finds it running; calls that come while one is under way share its outcome. */
  start(): Promise<StartOutcome>
  stop(request: StopRequest, timeoutMs: number): Promise<StopOutcome>
  /** Asks the bot's trading service for something. @throws {Refused} not-running, timed-out, or what the bot refused */
  trade(ask: TradeAsk, timeoutMs: number): Promise<TradeReply>
  /** Asks the bot to book money that moved without a fill. @throws {Refused} as `trade` */
  bookCash(ask: CashAsk, timeoutMs: number): Promise<CashReply>
  /**
   * Tells the bot of its user's other accounts.
   *
   * @returns its status once it has taken that; undefined when no bot is connected
   * @throws {Refused} it did not answer, or would not take it
   */
  share(share: PortfolioShare, timeoutMs: number): Promise<BotStatus | undefined>
  /** Tells the bot to ask the cloud for its lease now; nothing where none is connected. @throws {Refused} it did not answer */
  lookAtLicence(timeoutMs: number): Promise<void>
  /**
   * Finds a bot that runs already and watches it; starts one that should run and died while nobody looked. What is not
   * known after `patienceMs` is found out while the account counts as held by somebody silent.
   */
  adopt(patienceMs: number): Promise<void>
  /** Looks again at a bot we are not connected to, and asks one we are whether it still answers. */
  look(): Promise<void>
  /** Resolves once the bot trades, is blocked, or has ended; `timed-out` after `timeoutMs`. */
  settled(timeoutMs: number): Promise<StartOutcome>
  /** Lets go of the bot, which goes on. */
  close(): void
}>
