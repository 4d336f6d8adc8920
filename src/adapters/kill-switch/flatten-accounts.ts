import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { BOT_EXIT } from '../../contracts/bot-protocol.ts'
import type { FlattenOutcome } from '../../contracts/kill-switch.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, mayBeHeld, type HolderVerdict } from '../../domain/lock/lock-record.ts'
import { connectToBot, type BotConnection } from '../bot-control/connect-to-bot.ts'
import { readLastWords } from '../bot-process/bot-output.ts'
import { readLastExit } from '../bot-process/last-exit.ts'
import { spawnBot, type BotProgram } from '../bot-process/spawn-bot.ts'
import type { HomeLayout } from '../home/layout.ts'
import { readLockRecord } from '../lock/record-file.ts'
import { readOpenThings } from '../state-db/read-open.ts'

export type FlattenContext = Readonly<{
  layout: HomeLayout
  program: BotProgram
  /** What to hand to a bot that closes what is open. @throws {Refused} vault-locked and the like */
  secretsOf: (id: AccountId) => Promise<Record<string, string>>
  whoHolds: (id: AccountId) => Promise<HolderVerdict>
}>

/** Milliseconds. `again`: between two tries at a bot that is starting, ending, or not answering yet. */
const WAIT = { connect: 1_000, again: 200 } as const

/**
 * Closes everything on accounts, all at once, without a launcher: bots that run are asked directly; where none runs and
 * something is open, a bot is started that does this alone and ends.
 *
 * @param timeoutMs for all of it; what is still closing then goes on by itself
 * @returns one outcome for each account, in their order
 */
export function flattenAccounts(
  ctx: FlattenContext,
  accounts: readonly AccountId[],
  timeoutMs: number,
): Promise<FlattenOutcome[]> {
  const deadline = performance.now() + timeoutMs
  return Promise.all(accounts.map((id) => flattenOne(ctx, id, deadline)))
}

async function flattenOne(ctx: FlattenContext, accountId: AccountId, deadline: number): Promise<FlattenOutcome> {
  const left = () => Math.max(1, deadline - performance.now())
  let lastWord: Refusal = silent(accountId)
  let wasRunning = false
  const outcome = (kind: FlattenOutcome['outcome'], refused: Refusal | null = null): FlattenOutcome => {
    return { accountId, outcome: kind, wasRunning, refusal: refused }
  }
  try {
    do {
      const bot = await reach(ctx.layout, accountId, Math.min(WAIT.connect, left()))
      if (bot) {
        wasRunning = true
        const word = await askToFlatten(bot, left())
        if (word === undefined && isFlat(ctx, accountId)) return outcome('flattened')
        // Its last cancels may still be on their way.
        if (word === undefined) lastWord = open(ctx, accountId)
        else if (word.code === 'timed-out') return outcome('timed-out', stillClosing(accountId))
        // It is starting, or it ended while we spoke: look again at who is there.
        else if (word.code !== 'not-running') return outcome('refused', word)
        else lastWord = word
      } else {
        const verdict = await ctx.whoHolds(accountId)
        if (mayBeHeld(verdict)) lastWord = held(accountId, verdict)
        else if (isFlat(ctx, accountId)) return outcome(wasRunning ? 'flattened' : 'flat')
        else {
          const born = await flattenByOwnBot(ctx, accountId, left())
          if (born.kind === 'ended')
            return isFlat(ctx, accountId)
              ? outcome('flattened')
              : outcome('failed', born.refusal ?? open(ctx, accountId))
          if (born.kind === 'late') return outcome('timed-out', stillClosing(accountId))
        }
      }
      await delay(WAIT.again)
    } while (performance.now() < deadline)
    return outcome('failed', lastWord)
  } catch (error) {
    if (error instanceof Refused) return outcome('failed', error.refusal)
    const text = error instanceof Error ? error.message : String(error)
    return outcome(
      'failed',
      refusal('internal', `${accountId} could not be closed: ${text}.`, `See: slipway logs ${accountId}`),
    )
  }
}

/** The bot of an account's lock record, if the process that answers there is the one the record names. */
async function reach(layout: HomeLayout, accountId: AccountId, timeoutMs: number): Promise<BotConnection | undefined> {
  const record = readLockRecord(layout.lockRecord(accountId))
  if (typeof record === 'string') return undefined
  const bot = await connectToBot({ endpoint: record.controlEndpoint, timeoutMs })
  if (!bot) return undefined
  if (bot.instanceId === record.instanceId && bot.first.accountId === accountId) return bot
  bot.close()
  return undefined
}

/** @returns why it did not; undefined once it says that it is flat */
async function askToFlatten(bot: BotConnection, timeoutMs: number): Promise<Refusal | undefined> {
  try {
    await bot.request({ type: 'flatten' }, timeoutMs)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  } finally {
    bot.close()
  }
}

type OwnBot = Readonly<{ kind: 'ended'; refusal: Refusal | undefined } | { kind: 'late' } | { kind: 'held' }>

async function flattenByOwnBot(
  { layout, program, secretsOf }: FlattenContext,
  accountId: AccountId,
  timeoutMs: number,
): Promise<OwnBot> {
  const start = {
    home: layout.root,
    accountId,
    instanceId: randomUUID(),
    secrets: await secretsOf(accountId),
    flattenOnly: true,
  }
  const bot = await spawnBot(program, start, layout.botOutput(accountId))
  const stop = new AbortController()
  const ended = await Promise.race([
    bot.exited,
    delay(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined),
  ])
  stop.abort()
  if (!ended) return { kind: 'late' }
  if (ended.code === BOT_EXIT.held) return { kind: 'held' }
  const words = readLastWords(layout.botOutput(accountId), bot.outputFrom)
  // One that was refused after it had taken the account, by its broker perhaps, leaves word on disk.
  const left = readLastExit(layout, accountId)
  const refused = words.refusal ?? (left?.instanceId === start.instanceId ? left.refusal : null)
  if (refused) return { kind: 'ended', refusal: refused as Refusal }
  if (ended.code === BOT_EXIT.ended) return { kind: 'ended', refusal: undefined }
  const text = words.text ?? `it ended with ${ended.signal ?? `exit code ${ended.code}`}`
  return {
    kind: 'ended',
    refusal: refusal('crashed', `The bot of ${accountId} failed: ${text}`, `See: slipway logs ${accountId}`),
  }
}

function isFlat({ layout }: FlattenContext, accountId: AccountId): boolean {
  const { positions, orders } = readOpenThings(layout, accountId)
  return positions.length === 0 && orders === 0
}

function open({ layout }: FlattenContext, accountId: AccountId): Refusal {
  const { positions, orders } = readOpenThings(layout, accountId)
  const held = positions.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ')
  return refusal(
    'not-reconciled',
    `${accountId} is not flat: ${held === '' ? '' : `it holds ${held}, `}${orders} orders are open.`,
    'Close them at the broker, or start the bot while the market is open and run this again.',
  )
}

function held(accountId: AccountId, verdict: HolderVerdict): Refusal {
  return refusal(
    'account-held',
    `The bot of ${accountId} does not answer: ${describeHolder(verdict)}`,
    'It makes no entries once it sees the mark. Close its positions at the broker, or end that process and run this again.',
  )
}

function stillClosing(accountId: AccountId): Refusal {
  return refusal(
    'timed-out',
    `The bot of ${accountId} is still closing its positions.`,
    `It goes on by itself. See: slipway status ${accountId}`,
  )
}

function silent(accountId: AccountId): Refusal {
  return refusal('timed-out', `The bot of ${accountId} did not answer in time.`, 'Run this again.')
}
