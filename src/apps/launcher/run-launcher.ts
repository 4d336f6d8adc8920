import { resolve } from 'node:path'
import { connectLauncher } from '../../adapters/launcher-client/connect-launcher.ts'
import { defaultHome, type HomeLayout } from '../../adapters/home/layout.ts'
import { openHome, syncRootsOf } from '../../adapters/home/open-home.ts'
import { logCrashesOf } from '../../adapters/log/open-log.ts'
import { EXIT_CODE_OF, Refused } from '../../domain/failure/refusal.ts'
import { epochMs } from '../../domain/units/units.ts'
import { APP_VERSION } from '../version.ts'
import { parseLauncherArguments, type LauncherArguments } from './command-line.ts'
import { launch, type Launcher } from './launch.ts'
import { hasBrowser, openBrowser } from './open-browser.ts'

/** How long a launcher that holds the guard may take until it answers, milliseconds. */
const OTHER_LAUNCHER_MS = 15_000

export type LauncherPrograms = Readonly<{
  /** Program file of a bot. */
  bot: string
  /** Folder of the built page. */
  renderer: string
  /** Program file of the local cloud; without it none is run. */
  cloud?: string
}>

/**
 * The life of the launcher process: supervises the bots of one home until it is told to end.
 *
 * @returns the exit code
 */
export async function runLauncher(programs: LauncherPrograms): Promise<number> {
  // Whoever read our output may leave; the launcher stays.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    const args = parseLauncherArguments(process.argv.slice(2))
    const home = args.home ? resolve(args.home) : defaultHome(process.env, process.platform)
    const layout = openHome(home, { syncRoots: syncRootsOf(process.env) })
    const outcome = await launch({
      layout,
      version: APP_VERSION,
      program: { node: process.execPath, entry: programs.bot, env: process.env },
      rendererFolder: programs.renderer,
      ...(programs.cloud === undefined ? {} : { cloudProgram: programs.cloud }),
      port: args.port,
      now: () => epochMs(Date.now()),
      random: Math.random,
    })
    if (outcome.kind === 'refused') return await leaveToTheOther(layout, args, new Refused(outcome.refusal))
    return await serve(outcome.launcher, layout, args)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    process.stderr.write(`${error.refusal.message} ${error.refusal.nextStep}\n`)
    return EXIT_CODE_OF[error.refusal.code]
  }
}

async function serve(launcher: Launcher, layout: HomeLayout, args: LauncherArguments): Promise<number> {
  logCrashesOf(process, launcher.log, (code) => process.exit(code))
  const signalled = new Promise<void>((end) => {
    // Not `once`: proper-lockfile ends the process by the same signal when it finds no other listener left.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end())
  })
  if (!args.background) show(launcher.freshUrl(), layout, args)
  await Promise.race([signalled, launcher.asked])
  await launcher.close()
  return 0
}

/** This home has a launcher already: shows the page of that one and ends. */
async function leaveToTheOther(layout: HomeLayout, args: LauncherArguments, held: Refused): Promise<number> {
  const other = connectLauncher({ endpoint: layout.launcherEndpoint })
  const { pid } = await other.whenReady(OTHER_LAUNCHER_MS).catch(() => {
    throw held
  })
  process.stderr.write(`Slipway is already running (process ${pid}).\n`)
  if (!args.background) show((await other.api.open()).url, layout, args)
  return 0
}

function show(url: string, layout: HomeLayout, args: LauncherArguments): void {
  process.stdout.write(`Slipway is ready at ${url}\n`)
  if (args.open && hasBrowser(process.env, process.platform)) openBrowser(url, layout.run, process.platform)
}
