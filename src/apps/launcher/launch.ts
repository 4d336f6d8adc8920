import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { openAccountRegistry } from '../../adapters/account-registry/account-registry.ts'
import { secretsForStart } from '../../adapters/account-secrets/read-account-secrets.ts'
import { challengeBot } from '../../adapters/bot-control/connect-to-bot.ts'
import type { BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import { replaceFile } from '../../adapters/file/replace-file.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { acquireLauncherGuard } from '../../adapters/lock/account-guard.ts'
import { whoHolds } from '../../adapters/lock/who-holds.ts'
import { openLog, type Log } from '../../adapters/log/open-log.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Refusal } from '../../domain/failure/refusal.ts'
import { describeHolder, mayBeHeld } from '../../domain/lock/lock-record.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { openPlugInShelf } from '../../adapters/strategy-host/plug-in-shelf.ts'
import type { Keychain } from '../../adapters/vault/keychain.ts'
import { openVault } from '../../adapters/vault/open-vault.ts'
import { lookProgram } from '../plug-in-program.ts'
import { accountRules, currencies } from './account-rules.ts'
import { launcherApi } from './api/launcher-api.ts'
import { keepCloudCalendar } from './cloud/cloud-calendar.ts'
import { openCloudLink } from './cloud/cloud-link.ts'
import { hearCloud } from './cloud/hear-cloud.ts'
import { keepCloud } from './cloud/keep-cloud.ts'
import { followLicences } from './cloud/licence-news.ts'
import { openSignals } from './cloud/signals.ts'
import { openBrowserDoor, openLocalDoor, type Door } from './doors.ts'
import { openFleet } from './fleet.ts'
import { launcherFetch } from './launcher-fetch.ts'
import { keepLocalCloud, type LocalCloud } from './local-cloud.ts'
import { openPortfolioDesk } from './portfolio-desk.ts'
import { openSessions } from './sessions.ts'
import { sessionStore } from './session-store.ts'

export type LaunchOptions = Readonly<{
  layout: HomeLayout
  version: string
  /** How bots are started. */
  program: BotProgram
  /** Folder of the built page. */
  rendererFolder: string
  /** Program file of the local cloud; without it none is run. */
  cloudProgram?: string
  /** Of the browser door; undefined takes the one used last, or a free one. */
  port: number | undefined
  now: () => EpochMs
  /** 0 ≤ draw < 1. */
  random: () => number
  /** For the vault; the system's, unless told. */
  keychain?: Keychain
}>

export type Launcher = Readonly<{
  /** A fresh one-time address for a browser. */
  freshUrl(): string
  port: number
  /** Resolves when somebody asked the launcher, through its API, to end. */
  asked: Promise<void>
  log: Log
  /** Ends the launcher; bots go on. */
  close(): Promise<void>
}>

export type LaunchOutcome =
  | { readonly kind: 'running'; readonly launcher: Launcher }
  /** Another launcher has this home. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** Time for an answer to leave before the doors close, milliseconds. */
const ANSWER_MS = 50

/**
 * Becomes the launcher of a home: takes its guard, finds the bots that run, and opens its doors.
 *
 * @throws {Refused} the port is taken, or the disk can't be written
 */
export async function launch(options: LaunchOptions): Promise<LaunchOutcome> {
  const { layout, version, now } = options
  const instanceId = randomUUID()
  const guard = acquireLauncherGuard({ layout, instanceId, appVersion: version, now })
  if (guard.kind === 'refused') return { kind: 'refused', refusal: guard.refusal }
  const opened: Door[] = []
  let log: Log | undefined
  try {
    log = openLog({ file: layout.launcherLog, fixed: { launcherId: instanceId, pid: process.pid }, now })
    const judge = (id: AccountId) => whoHolds({ layout, challenge: challengeBot }, id)
    const heldBy = async (id: AccountId) => {
      const verdict = await judge(id)
      return mayBeHeld(verdict) ? describeHolder(verdict) : undefined
    }
    const shelf = openPlugInShelf(layout, lookProgram(options.program))
    const registry = openAccountRegistry({ layout, now, rules: accountRules(layout, shelf), heldBy })
    const vault = openVault({
      layout,
      onSecret: log.addSecret,
      ...(options.keychain ? { keychain: options.keychain } : {}),
    })
    opened.push({ close: async () => vault.close() })
    const secretsOf = (id: AccountId) => secretsForStart(layout, id, vault)
    const accounts = () => registry.list()
    const settings = () => accounts().flatMap((one) => ('settings' in one ? [one.settings] : []))
    const userId = () => settings()[0]?.userId
    let localCloud: LocalCloud | undefined
    const local = () =>
      localCloud?.state() ?? ({ kind: options.cloudProgram === undefined ? 'off' : 'starting' } as const)
    const cloud = openCloudLink({ layout, version, log, userId, local })
    opened.push({ close: async () => cloud.close() })
    const signals = openSignals({ layout, link: cloud, log, accounts: settings, now, origin: instanceId.slice(0, 8) })
    opened.push(signals)
    const fleet = openFleet({
      ...{
        secretsOf,
        layout,
        program: options.program,
        now,
        random: options.random,
        whoHolds: judge,
        log,
        registry,
        instanceId,
      },
      currencyOf: currencies(layout),
      signals: signals.ring,
    })
    opened.push({ close: async () => fleet.close() })
    const desk = openPortfolioDesk({ layout, accounts, bot: fleet.bot, currencyOf: currencies(layout), now, log })
    opened.push({ close: async () => desk.close() })

    const sessions = openSessions({
      ...{ elapsed: () => performance.now(), now, store: sessionStore(layout.sessions, log) },
    })
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    let port = 0
    const freshUrl = () => `http://127.0.0.1:${port}/#code=${sessions.freshCode()}`
    const api = launcherApi({
      ...{ layout, registry, shelf, fleet, vault, cloud, signals, log, now, freshUrl, heldBy },
      killSwitch: { layout, program: options.program, secretsOf, whoHolds: judge, now },
      shutDown: () => void setTimeout(ask, ANSWER_MS),
      health: {
        ...{ name: 'slipway' as const, version, pid: process.pid, instanceId, home: layout.root },
        startedAt: new Date(now()).toISOString(),
      },
    })
    const handle = launcherFetch({
      api,
      sessions,
      port: () => port,
      rendererFolder: options.rendererFolder,
      version,
      log,
    })

    // Bots first: whoever gets through a door must find what runs. Those that are silent keep no door closed.
    await fleet.adoptAll()
    const door = await openBrowserDoor(portsToTry(layout, options.port), handle, sessions, log)
    opened.push(door)
    port = door.port
    rememberPort(layout, port, log)
    opened.push(await openLocalDoor(layout.launcherEndpoint, handle, log))
    log.info('launcher-ready', `Launcher ${version} ready`, { port })
    if (options.cloudProgram !== undefined) {
      localCloud = keepLocalCloud({
        ...{ layout, log, elapsed: () => performance.now() },
        program: { ...options.program, entry: options.cloudProgram },
      })
      opened.push(localCloud)
    }
    opened.push(keepCloud({ layout, link: cloud, log, instanceId, now, random: options.random }))
    const liveAccounts = () => settings().filter(({ mode }) => mode === 'live')
    const { random } = options
    opened.push(followLicences({ layout, link: cloud, log, random, bot: fleet.bot, accounts: liveAccounts }))
    const calendar = keepCloudCalendar({ layout, link: cloud, log, now, random })
    opened.push(calendar)
    opened.push(
      hearCloud({ layout, link: cloud, log, random, userId, holders: liveAccounts }, [calendar, signals.hearer]),
    )

    const openLogFile = log
    const close = async () => {
      openLogFile.info('launcher-ending', 'Launcher ending; bots go on')
      for (const one of opened.splice(0).reverse()) await one.close()
      await openLogFile.close()
      guard.hold.release()
    }
    return { kind: 'running', launcher: { freshUrl, port, asked, log, close } }
  } catch (error) {
    for (const one of opened.reverse()) await one.close()
    await log?.close()
    guard.hold.release()
    throw error
  }
}

function portsToTry(layout: HomeLayout, wanted: number | undefined): number[] {
  if (wanted) return [wanted]
  try {
    const last = Number(readFileSync(layout.launcherPort, 'utf8'))
    return Number.isInteger(last) && last > 1_023 && last < 65_536 ? [last, 0] : [0]
  } catch {
    return [0]
  }
}

/** A port that can't be remembered costs an open page its address, nothing more. */
function rememberPort(layout: HomeLayout, port: number, log: Log): void {
  try {
    replaceFile(layout.launcherPort, String(port))
  } catch (error) {
    log.warn('port-not-kept', 'The port could not be remembered', { error })
  }
}
