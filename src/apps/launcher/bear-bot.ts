import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { spawnBot, type BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { BOT_EXIT } from '../../contracts/bot-start.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { Death } from './bot-ending.ts'
import { DEATH_MS, type BornBot, type BotLink } from './bot-link.ts'
import type { BotPhase } from './bot-phase.ts'

export type BirthContext = Readonly<{
  layout: HomeLayout
  program: BotProgram
  link: BotLink
  /** What to hand to the account's bot over its standard input. @throws {Refused} vault-locked and the like */
  secretsOf: (id: AccountId) => Promise<Record<string, string>>
  now: () => EpochMs
  /** Writes down the name of the bot that is to be; nothing is started before. */
  onNamed: (instanceId: string) => void
  onSpawned: (phase: BotPhase & { kind: 'starting' }) => void
}>

/**
 * Who answers on the account's control socket: ours, another that held the account before, or nobody. `ended`: ours did, and
 * its end has been dealt with.
 */
export type Birth = Readonly<{ kind: 'started' | 'already-running' | 'ended' } | { kind: 'died'; death: Death }>

/** Milliseconds. `birth`: from spawning a bot to its control socket. */
const WAIT = { birth: 30_000, firstPoll: 10, longestPoll: 100 } as const

/**
 * Spawns a bot and waits until it answers on its control socket or has ended. One that does neither is killed.
 *
 * @throws {Refused} as `secretsOf` and `spawnBot`: nothing was started
 */
export async function bearBot(ctx: BirthContext, accountId: AccountId): Promise<Birth> {
  const { layout, link } = ctx
  const instanceId = randomUUID()
  const secrets = await ctx.secretsOf(accountId)
  ctx.onNamed(instanceId)
  const startedAt = ctx.now()
  const start = { home: layout.root, accountId, instanceId, secrets }
  const child = await spawnBot(ctx.program, start, layout.botOutput(accountId))
  ctx.onSpawned({ kind: 'starting', instanceId, pid: child.pid, since: startedAt })
  const exit = await answersOrEnds(link, { child, instanceId })
  if ('answers' in exit && exit.answers !== instanceId) return { kind: 'already-running' }
  // Its broker may have turned it down while we were still listening to its first words.
  if ('answers' in exit) return { kind: link.connection() || !(await link.gone(DEATH_MS)) ? 'started' : 'ended' }
  // Another bot may hold the account that did not answer before: then that one is the account's bot.
  if (exit.code === BOT_EXIT.held && (await link.attach())) return { kind: 'already-running' }
  return { kind: 'died', death: { instanceId, startedAt, child } }
}

/** @returns who answers, or how what was born ended */
async function answersOrEnds(link: BotLink, born: BornBot): Promise<{ answers: string } | { code: number | null }> {
  const { child } = born
  let exit: { code: number | null } | undefined
  void child.exited.then((it) => (exit = it))
  const deadline = performance.now() + WAIT.birth
  for (let pause: number = WAIT.firstPoll; exit === undefined; pause = Math.min(WAIT.longestPoll, pause * 1.5)) {
    const answers = await link.attach(born)
    if (answers !== undefined) return { answers }
    if (performance.now() > deadline) child.kill()
    await Promise.race([child.exited, delay(pause)])
  }
  return exit
}
