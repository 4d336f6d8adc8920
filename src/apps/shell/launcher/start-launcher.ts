import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LauncherClient, LauncherHealth } from '../../../adapters/launcher-client/connect-launcher.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { Refused, refuse } from '../../../domain/failure/refusal.ts'
import type { Runtime } from '../runtime/install-runtime.ts'
import type { CleanStart } from './start-cleanly.ts'

export type StartLauncherContext = Readonly<{
  layout: HomeLayout
  client: LauncherClient
  start: CleanStart
  /** Of the launcher; already clean. */
  env: Record<string, string>
  /** How long it may take until it answers, milliseconds; it finds the bots that run first. */
  readyMs?: number
}>

const READY_MS = 60_000
const OTHER_ONE_MS = 3_000
const LONGEST_WORDS = 2_000

/**
 * Starts a launcher that outlives the window, and waits until it answers.
 *
 * @throws {Refused} launcher-unreachable, with the launcher's last words where it had any
 */
export async function startLauncher(ctx: StartLauncherContext, runtime: Runtime): Promise<LauncherHealth> {
  const { layout, client } = ctx
  for (const file of [runtime.node, runtime.launcher])
    if (!existsSync(file)) refuse('launcher-unreachable', `The program ${file} is missing.`, REINSTALL)
  const output = join(layout.run, `launcher-start-${process.pid}.txt`)
  try {
    const started = await ctx.start({
      program: runtime.node,
      args: [runtime.launcher, '--background', '--home', layout.root],
      // Not where the window was started: that may be a mount that goes away with it.
      cwd: layout.root,
      env: ctx.env,
      output,
    })
    try {
      const ready = client.whenReady(ctx.readyMs ?? READY_MS)
      ready.catch(() => undefined)
      const first = await Promise.race([ready, started.ended.then(() => 'ended' as const)])
      // It ends at once when another one was faster; then that one answers.
      return first === 'ended' ? await client.whenReady(OTHER_ONE_MS) : first
    } finally {
      started.leave()
    }
  } catch (error) {
    const said = wordsIn(output)
    const why = said !== '' ? said : error instanceof Refused ? '' : `${(error as Error).message}.`
    return refuse(
      'launcher-unreachable',
      why === '' ? 'The launcher was started and does not answer.' : `The launcher could not start: ${why}`,
      `Look at its log: ${layout.launcherLog}`,
    )
  } finally {
    forget(output)
  }
}

const REINSTALL = 'Install Slipway again (in a checkout: npm run build). Accounts and bots are kept.'

function wordsIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().slice(-LONGEST_WORDS)
  } catch {
    return ''
  }
}

/** Windows keeps a file as long as the launcher has it open; it is small, and the next start has another. */
function forget(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    return
  }
}
