import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { repoRoot } from './repo-root.ts'
import { withoutCloud } from './without-cloud.ts'

const run = promisify(execFile)
const COMMAND_TIMEOUT_MS = 60_000

export type RunningSlipway = Readonly<{
  home: string
  /** Runs the command line in this home; resolves with its standard output. */
  slipway: (...args: string[]) => Promise<string>
  /** Starts the built launcher; resolves with the address it says it is ready at. */
  startLauncher: () => Promise<string>
  /** Ends the launcher as Ctrl-C does; bots go on. */
  stopLauncher: () => Promise<void>
  /** Ends launcher and bots, and takes the home away. */
  close: () => Promise<void>
}>

/** The built programs in a home of their own, as a user would run them. */
export function runningSlipway(): RunningSlipway {
  const home = mkdtempSync(join(tmpdir(), 'slipway-gui-'))
  withoutCloud(home)
  const env = { ...process.env, SLIPWAY_HOME: home }
  let launcher: ChildProcess | undefined

  const slipway = async (...args: string[]) => {
    const cli = join(repoRoot, 'dist', 'cli.mjs')
    const { stdout } = await run(process.execPath, [cli, ...args], { env, timeout: COMMAND_TIMEOUT_MS })
    return stdout
  }

  async function startLauncher(): Promise<string> {
    const program = join(repoRoot, 'dist', 'launcher.mjs')
    const child = spawn(process.execPath, [program, '--no-open'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    launcher = child
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /Slipway is ready at (\S+)/.exec(line)?.[1]
      if (url) return url
    }
    throw new Error('the launcher ended before it was ready')
  }

  async function stopLauncher(): Promise<void> {
    const child = launcher
    launcher = undefined
    if (!child || child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    await exited
  }

  return {
    home,
    slipway,
    startLauncher,
    stopLauncher,
    async close() {
      try {
        await slipway('shutdown', '--bots')
      } finally {
        await stopLauncher()
        rmSync(home, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  }
}
