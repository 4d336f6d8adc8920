import { setTimeout as delay } from 'node:timers/promises'
import { connectToBot, type BotConnection, type BotFarewell } from '../../adapters/bot-control/connect-to-bot.ts'
import type { BotProcess } from '../../adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { mayBeHeld, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { stopReason, type Death } from './bot-ending.ts'
import { within } from './within.ts'

export type BotLinkContext = Readonly<{
  layout: HomeLayout
  whoHolds: (id: AccountId) => Promise<HolderVerdict>
  /** `answers` is false when it was asked and kept silent. */
  onStatus: (status: BotStatus, answers: boolean) => void
  /** It closed its socket, but its process lives on. */
  onSilent: (pid: number) => void
  onGone: (death: Death) => void
}>

/** A process we started, and the name we gave the bot in it. */
export type BornBot = Readonly<{ child: BotProcess; instanceId: string }>

/** The connection to one account's bot, whichever process that is. */
export type BotLink = Readonly<{
  connection(): BotConnection | undefined
  /** Whether a bot has hung up and its end is still waited for: it holds its account, and is no stranger. */
  isEnding(): boolean
  /**
   * Finds the bot that runs, if one does, and watches it. `born` is what we have just started: it need not be that one.
   *
   * @returns its instanceId; it may be gone again by then
   */
  attach(born?: BornBot): Promise<string | undefined>
  /** Asks a bot that has not been heard for a while whether it still answers. */
  check(): Promise<void>
  /** Waits until the bot last attached is gone, and that has been dealt with. */
  gone(ms: number): Promise<boolean>
  /** Waits until nobody with this instanceId holds the account. */
  released(instanceId: string): Promise<boolean>
  /** Hangs up; the bot goes on. */
  close(): void
}>

/** Milliseconds. `death`: from a bot's farewell, or a signal, to the end of its process. */
const WAIT = { connect: 1_000, answer: 3_000, quiet: 1_500, death: 10_000, look: 50 } as const

export const DEATH_MS = WAIT.death

/** Opens no connection yet; see `attach`. */
export function openBotLink(ctx: BotLinkContext, accountId: AccountId): BotLink {
  let connection: BotConnection | undefined
  let gone: Promise<void> = Promise.resolve()
  let last: { status: BotStatus; answers: boolean; at: number } | undefined
  let isClosed = false
  let endings = 0

  function heard(from: BotConnection, status: BotStatus, answers: boolean): void {
    if (connection !== from) return
    last = { status, answers, at: performance.now() }
    ctx.onStatus(status, answers)
  }

  async function attach(born?: BornBot): Promise<string | undefined> {
    const found = await connectToBot({ endpoint: ctx.layout.botEndpoint(accountId), timeoutMs: WAIT.connect })
    if (!found) return undefined
    if (found.first.accountId !== accountId || isClosed) {
      found.close()
      return undefined
    }
    // Only of its own process do we learn how it exits; another one may hold the account.
    const child = born?.instanceId === found.instanceId ? born.child : undefined
    connection = found
    heard(found, found.first, true)
    gone = found.ended.then((farewell) => {
      endings++
      return afterFarewell(found, child, farewell).finally(() => endings--)
    })
    // Without an answer it may still be alive; `check` finds out.
    await found.watch((status) => heard(found, status, true), WAIT.answer).catch(() => undefined)
    return found.instanceId
  }

  async function afterFarewell(
    was: BotConnection,
    child: BotProcess | undefined,
    farewell: BotFarewell,
  ): Promise<void> {
    if (isClosed || connection !== was) return
    connection = undefined
    const isDead = child ? await within(child.exited, WAIT.death) : await released(was.instanceId)
    if (isClosed) return
    if (!isDead) return ctx.onSilent(was.first.pid)
    const { instanceId, first } = was
    const reason = stopReason(farewell.reason)
    const said = reason && { reason, message: farewell.message }
    ctx.onGone({ instanceId, startedAt: first.startedAt, said, child })
  }

  async function released(instanceId: string): Promise<boolean> {
    for (const end = performance.now() + WAIT.death; performance.now() < end; await delay(WAIT.look)) {
      const verdict = await ctx.whoHolds(accountId)
      const holder = 'record' in verdict ? verdict.record?.instanceId : undefined
      if (!mayBeHeld(verdict) || (holder !== undefined && holder !== instanceId)) return true
    }
    return false
  }

  async function check(): Promise<void> {
    const asked = connection
    if (!asked || (last?.answers && performance.now() - last.at < WAIT.quiet)) return
    try {
      heard(asked, await asked.request({ type: 'status' }, WAIT.answer), true)
    } catch {
      if (last?.answers) heard(asked, last.status, false)
    }
  }

  return {
    connection: () => connection,
    isEnding: () => endings > 0,
    attach,
    check,
    gone: (ms) => within(gone, ms),
    released,
    close() {
      isClosed = true
      connection?.close()
    },
  }
}
