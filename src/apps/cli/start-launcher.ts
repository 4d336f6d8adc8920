import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectLauncher, type LauncherApi } from '../../adapters/launcher-client/connect-launcher.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { refuse, Refused } from '../../domain/failure/refusal.ts'
import type { Cli } from './cli.ts'

/** How long a launcher may take until it answers; it finds the bots that run first. Milliseconds. */
const READY_MS = 60_000
const LONGEST_WORDS = 2_000

/**
 * Starts a launcher that outlives us and waits until it answers.
 *
 * @throws {Refused} launcher-unreachable, with the launcher's last words when it ended at once
 */
export async function startLauncher(cli: Cli, layout: HomeLayout): Promise<LauncherApi> {
  if (!existsSync(cli.launcherProgram)) refuseMissing(cli.launcherProgram)
  cli.out.progress('Starting the launcher …')
  const words = join(layout.run, `launcher-start-${process.pid}.txt`)
  const fd = openSync(words, 'w', 0o600)
  const child = spawn(cli.node, [cli.launcherProgram, '--background', '--home', layout.root], {
    detached: true,
    stdio: ['ignore', fd, fd],
    windowsHide: true,
    cwd: layout.root,
    env: cli.env,
  })
  closeSync(fd)
  child.unref()
  const ended = new Promise<'ended'>((resolve) => {
    child.once('exit', () => resolve('ended'))
    child.once('error', () => resolve('ended'))
  })
  try {
    const client = connectLauncher({ endpoint: layout.launcherEndpoint })
    const ready = client.whenReady(READY_MS).then(() => 'ready' as const)
    // It ends at once when another one was faster; then that one answers.
    ready.catch(() => undefined)
    if ((await Promise.race([ready, ended])) === 'ended') await client.whenReady(1_000)
    return client.api
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const said = readFileSync(words, 'utf8').trim().slice(-LONGEST_WORDS)
    return refuse(
      'launcher-unreachable',
      said === '' ? 'The launcher was started and does not answer.' : `The launcher could not start: ${said}`,
      'Look at its log: logs/launcher.log. Or start it where you can see it: slipway serve',
    )
  } finally {
    forget(words)
  }
}

export function refuseMissing(program: string): never {
  return refuse('launcher-unreachable', `The launcher ${program} is missing.`, 'Build it with: npm run build')
}

/** Windows keeps a file as long as the launcher has it open; it is small, and the next start has another. */
function forget(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    return
  }
}
