import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultHome, type HomeLayout } from '../../adapters/home/layout.ts'
import { openHome, syncRootsOf } from '../../adapters/home/open-home.ts'
import { holdGuard } from '../../adapters/lock/heal-guard.ts'
import { logCrashesOf, openLog, type Log } from '../../adapters/log/open-log.ts'
import { streamLog } from '../../adapters/log/stream-log.ts'
import { EXIT_CODE_OF, refuse, Refused } from '../../domain/failure/refusal.ts'
import { epochMs } from '../../domain/units/units.ts'
import { APP_VERSION } from '../version.ts'
import { parseCloudArguments, readCloudEnvironment, type CloudArguments } from './command-line.ts'
import { serveCloud, type ServeCloudOptions } from './serve-cloud.ts'

const now = () => epochMs(Date.now())
const elapsed = () => performance.now()

/** How long the server before us may take to end, and how often we look, milliseconds. */
const PREDECESSOR = { wait: 30_000, pause: 100 } as const
/** Nothing of it is needed by the local cloud, and a launcher's may be meant for something else. */
const NO_ENVIRONMENT = readCloudEnvironment({})

/**
 * The life of a cloud server: until it is told to end by a signal or, embedded, until its standard input closes.
 *
 * @param pages folder of the built pages
 * @returns the exit code
 */
export async function runCloud(pages: string): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    const args = parseCloudArguments(process.argv.slice(2))
    const environment = args.embedded ? NO_ENVIRONMENT : readCloudEnvironment(process.env)
    // Listened for before anything is opened: who ends us at once must not have to wait for us to be ready.
    const told = toldToEnd(args.embedded)
    const home = args.home ? resolve(args.home) : defaultHome(process.env, process.platform)
    const layout = openHome(home, { syncRoots: syncRootsOf(process.env) })
    const guard = args.embedded ? await onlyOne(layout, told) : undefined
    try {
      return await serve(args, environment, layout, pages, told)
    } finally {
      guard?.free()
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { message, nextStep } = error.refusal
    // The launcher shows it in its own way (launcher/local-cloud.ts).
    const said = process.argv.includes('--embedded') ? JSON.stringify(error.refusal) : `${message} ${nextStep}`
    process.stderr.write(`${said}\n`)
    return EXIT_CODE_OF[error.refusal.code]
  }
}

async function serve(
  args: CloudArguments,
  { databaseUrl, redisUrl, settings }: ReturnType<typeof readCloudEnvironment>,
  layout: HomeLayout,
  pages: string,
  told: Promise<void>,
): Promise<number> {
  const instance = randomUUID()
  const log = openLogOf(args, layout, instance, [databaseUrl, redisUrl, settings.smtpUrl, settings.stripeSecret])
  const stopLoggingCrashes = logCrashesOf(process, log, (code) => process.exit(code))
  const data = args.data ? resolve(args.data) : layout.cloud
  const options: ServeCloudOptions = {
    deployment: args.embedded ? 'embedded' : 'hosted',
    database: databaseUrl ? { kind: 'postgres', url: databaseUrl } : { kind: 'sqlite', file: join(data, 'cloud.db') },
    redisUrl,
    listen: args.embedded ? { endpoint: layout.cloudEndpoint } : { host: args.host, port: args.port },
    keys: args.keys ? resolve(args.keys) : join(data, 'keys'),
    ...{ behindProxy: args.behindProxy, pages, settings, instance, version: APP_VERSION, log, now, elapsed },
  }
  try {
    const cloud = await serveCloud(options)
    // The launcher reads the first from our output, a person the second beside our log.
    if (args.embedded) process.stdout.write('ready\n')
    else process.stderr.write(`Slipway cloud is ready at ${cloud.address}\n`)
    await told
    await cloud.close()
    return 0
  } catch (error) {
    if (error instanceof Refused) log.error('cloud-refused', error.refusal.message, { code: error.refusal.code })
    throw error
  } finally {
    await log.close()
    stopLoggingCrashes()
  }
}

function openLogOf(
  { embedded }: CloudArguments,
  layout: HomeLayout,
  instance: string,
  secrets: readonly (string | undefined)[],
): Log {
  const known = secrets.filter((secret) => secret !== undefined)
  const fixed = { cloudId: instance, pid: process.pid }
  if (embedded) return openLog({ file: layout.cloudLog, fixed, now, secrets: known })
  return streamLog({ write: (line) => void process.stdout.write(line), fixed, now, secrets: known })
}

/** Waits for the server of a launcher that has just ended: a socket has one listener, and it takes its file away at the end. */
async function onlyOne(layout: HomeLayout, told: Promise<void>): Promise<{ free(): void }> {
  const isTold = told.then(() => 'told' as const)
  for (const deadline = elapsed() + PREDECESSOR.wait; ;) {
    const outcome = holdGuard(layout, layout.cloudGuard)
    if (outcome.kind === 'held') return outcome.hold
    if (elapsed() > deadline || (await Promise.race([isTold, delay(PREDECESSOR.pause)])) === 'told')
      return refuse(
        'guard-unavailable',
        `The local cloud of ${layout.root} runs already, or its guard can't be locked (${outcome.kind}).`,
        'End the other launcher of this home first.',
      )
  }
}

function toldToEnd(embedded: boolean): Promise<void> {
  return new Promise((end) => {
    // Not `once`: proper-lockfile ends the process by the same signal when it finds no other listener left.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        // The terminal's Ctrl-C reaches us too; whose child we are says when to end.
        if (!embedded || signal === 'SIGTERM') end()
      })
    if (!embedded) return
    for (const event of ['end', 'close', 'error'] as const) process.stdin.on(event, () => end())
    process.stdin.resume()
  })
}
