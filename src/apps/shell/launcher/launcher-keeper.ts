import { setTimeout as delay } from 'node:timers/promises'
import type { LauncherClient, LauncherHealth } from '../../../adapters/launcher-client/connect-launcher.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { readLockRecord } from '../../../adapters/lock/read-lock-record.ts'
import { refusal, Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import type { Runtime } from '../runtime/install-runtime.ts'
import { isOlder } from './is-older.ts'
import { livesHere } from './lives-here.ts'

/** How the window stands with the launcher. */
export type LauncherState =
  | { readonly kind: 'starting'; readonly doing: string }
  | { readonly kind: 'ready'; readonly health: LauncherHealth }
  | { readonly kind: 'failed'; readonly refusal: Refusal }

export type LauncherKeeper = Readonly<{
  get: () => LauncherState
  /**
   * Makes sure there is one; a call while another is under way joins it. Never rejects.
   *
   * @param awaitMs how long to wait for one that somebody else is starting, milliseconds
   */
  ensure: (awaitMs?: number) => Promise<void>
  /** Looks whether it still answers, and brings back one that crashed; one that was ended stays ended. */
  look: () => Promise<void>
}>

export type LauncherKeeperContext = Readonly<{
  layout: HomeLayout
  client: LauncherClient
  /** Of this window. A launcher that is older is replaced; bots go on. */
  version: string
  /** Whether a launcher of an older version gives way to ours: a packaged app's does, a checkout's is its owner's. */
  replacesOlder: boolean
  /** Brings the programs to where they run from. */
  prepare: () => Promise<Runtime>
  start: (runtime: Runtime) => Promise<LauncherHealth>
  now: () => number
  onChange: () => void
}>

/** A launcher that crashes over and over is not started again and again: so many times in so long. */
const MOST_RESTARTS = 3
const RESTARTS_MS = 5 * 60_000
/** A launcher that was asked to end has let go of its home by then, milliseconds. */
const HANDOVER_MS = 15_000
const PAUSE_MS = 250
/** Looks are a second apart; a launcher that is ending is gone long before. */
const PATIENT_LOOKS = 8

const ENDED = refusal(
  'launcher-unreachable',
  'The launcher was ended. Nobody watches the bots until it runs again.',
  'Start it from the tray or the Bots menu: Start the launcher.',
)
const CRASHES = refusal(
  'launcher-unreachable',
  `The launcher ended unexpectedly ${MOST_RESTARTS} times within five minutes.`,
  'Look at logs/launcher.log in the data folder, then: Start the launcher.',
)

/** Keeps a launcher running for as long as the window's shell does, and leaves it running when the shell ends. */
export function keepLauncher(ctx: LauncherKeeperContext): LauncherKeeper {
  let state: LauncherState = { kind: 'starting', doing: 'Looking for the launcher …' }
  let underWay: Promise<void> | undefined
  let restarts: number[] = []
  /** Looks in a row that found its process and no answer. */
  let silentLooks = 0

  function become(next: LauncherState): void {
    state = next
    ctx.onChange()
  }
  const doing = (text: string) => become({ kind: 'starting', doing: text })

  async function bringUp(awaitMs: number): Promise<void> {
    try {
      doing('Looking for the launcher …')
      const found = await find(ctx, awaitMs)
      if (found && !(ctx.replacesOlder && isOlder(found.version, ctx.version)))
        return become({ kind: 'ready', health: found })
      doing('Preparing the programs that bots run on …')
      const runtime = await ctx.prepare()
      if (found) {
        doing(`Handing over from version ${found.version}; bots go on …`)
        await handOver(ctx)
      }
      doing('Starting the launcher …')
      become({ kind: 'ready', health: await ctx.start(runtime) })
    } catch (error) {
      become({ kind: 'failed', refusal: error instanceof Refused ? error.refusal : unexpected(error) })
    }
  }

  function ensure(awaitMs = 0): Promise<void> {
    underWay ??= bringUp(awaitMs).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  function fail(why: Refusal): undefined {
    if (state.kind !== 'failed') become({ kind: 'failed', refusal: why })
    silentLooks = 0
  }

  return {
    get: () => state,
    ensure,
    async look() {
      if (underWay) return underWay
      const answering = await ctx.client.api.health().catch(() => undefined)
      if (answering) {
        silentLooks = 0
        return state.kind === 'ready' ? undefined : become({ kind: 'ready', health: answering })
      }
      // One that ends in order takes its record along; one that died leaves it.
      const record = readLockRecord(ctx.layout.launcherRecord)
      if (record === 'missing') return fail(ENDED)
      if (record !== 'unreadable' && (await livesHere(ctx.layout)(record))) {
        // It is just ending, or starting, or it hangs.
        silentLooks += 1
        return silentLooks < PATIENT_LOOKS ? undefined : fail(silent(record.pid))
      }
      restarts = restarts.filter((at) => ctx.now() - at < RESTARTS_MS)
      if (restarts.length >= MOST_RESTARTS) return fail(CRASHES)
      restarts.push(ctx.now())
      return ensure()
    },
  }
}

async function find({ client }: LauncherKeeperContext, awaitMs: number): Promise<LauncherHealth | undefined> {
  return client.whenReady(awaitMs).catch((error: unknown) => {
    if (error instanceof Refused && error.refusal.code === 'launcher-unreachable') return undefined
    throw error
  })
}

/** Ends a launcher that is older than we are. Bots are processes of their own; the next launcher finds them. */
async function handOver({ client, layout }: LauncherKeeperContext): Promise<void> {
  await client.api.shutdown({ bots: false })
  for (const end = performance.now() + HANDOVER_MS; performance.now() < end; await delay(PAUSE_MS)) {
    const answers = await client.api.health().then(
      () => true,
      () => false,
    )
    if (!answers && readLockRecord(layout.launcherRecord) === 'missing') return
  }
}

function silent(pid: number): Refusal {
  return refusal(
    'launcher-unreachable',
    `The launcher (process ${pid}) runs and does not answer.`,
    `Wait a moment. If it stays so, end process ${pid}, then: Start the launcher. Bots go on meanwhile.`,
  )
}

function unexpected(error: unknown): Refusal {
  return refusal(
    'internal',
    `The launcher could not be started: ${(error as Error).message}.`,
    'Look at logs/launcher.log in the data folder, then try again.',
  )
}
